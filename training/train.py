"""Trains the default generator: a conditional VAE with an adversary and two embedders as judges.

    python train.py --data work/crops --out work/run --embedder fr.onnx --second mobilefacenet.onnx --minutes 80

Runs on CPU (bfloat16, AMX where there is one). Stops after --minutes; started again, it goes on from
its last checkpoint.
"""

import argparse
import copy
import time
from pathlib import Path

import torch
import torch.nn.functional as F
from PIL import Image

import losses
from data import Faces
from embedders import Embedder
from networks import LATENT, Discriminator, Encoder, Generator


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("data", "out", "embedder", "second"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--index", type=Path, help="index.tsv with the groups, to weight the sampling")
    parser.add_argument("--half", type=float, default=0.5, help="share of the time spent at half resolution, first")
    parser.add_argument("--batch", type=int, default=12)
    parser.add_argument("--minutes", type=float, default=80)
    parser.add_argument("--rate", type=float, default=6e-4)
    return parser.parse_args()


class Trainer:
    def __init__(self, options):
        self.options = options
        self.faces = Faces(options.data, options.index)
        self.judge = Embedder(str(options.embedder), bgr=True)
        self.second = Embedder(str(options.second), bgr=False)
        self.made = Generator()
        self.encoder = Encoder()
        self.critic = Discriminator()
        for module in (self.made, self.encoder, self.critic):
            module.to(memory_format=torch.channels_last)
        self.average = copy.deepcopy(self.made).requires_grad_(False)
        adam = {"lr": options.rate, "betas": (0.5, 0.99)}
        self.optimiser = torch.optim.Adam([*self.made.parameters(), *self.encoder.parameters()], **adam)
        self.critic_optimiser = torch.optim.Adam(self.critic.parameters(), **adam)
        self.step, self.seconds = 0, 0.0

    def parts(self):
        names = ("made", "encoder", "critic", "average", "optimiser", "critic_optimiser")
        return {name: getattr(self, name) for name in names}

    def save(self, path):
        state = {name: part.state_dict() for name, part in self.parts().items()}
        torch.save({**state, "step": self.step, "seconds": self.seconds}, path.with_suffix(".new"))
        path.with_suffix(".new").rename(path)

    def load(self, path):
        state = torch.load(path)
        for name, part in self.parts().items():
            part.load_state_dict(state[name])
        self.step, self.seconds = state["step"], state["seconds"]

    def train_step(self):
        n = self.options.batch
        half = self.seconds < self.options.half * self.options.minutes * 60
        images, embeddings, second = self.faces.batch(n)
        if half:
            images = F.avg_pool2d(images, 2)
        size = images.shape[2]
        with torch.autocast("cpu", torch.bfloat16):
            mean, log_variance = self.encoder(images, embeddings)
            z = mean + torch.randn_like(mean) * (0.5 * log_variance).exp()
            free = self.faces.free_embeddings(n // 2).repeat_interleave(2, 0)
            self.made.follow_latents(mean.detach(), log_variance.detach().exp())
            free_z = self.made.latent(torch.randn(n, LATENT))
            made = self.made(torch.cat([embeddings, free]), torch.cat([z, free_z]), half)
            changes = losses.augment(n, size), losses.augment(n, size)
            report = self.update_critic(images, embeddings, free, made.detach(), changes)
            terms = self.generator_terms(images, embeddings, second, free, free_z, made, changes)
            terms["kl"] = 0.001 * losses.kl(mean, log_variance)
        self.optimiser.zero_grad(set_to_none=True)
        sum(terms.values()).backward()
        torch.nn.utils.clip_grad_norm_(self.made.parameters(), 5.0)
        self.optimiser.step()
        self.step += 1
        decay = min(0.999, 1 - 1 / (1 + self.step / 4))
        with torch.no_grad():
            for a, p in zip(self.average.parameters(), self.made.parameters()):
                a.lerp_(p, 1 - decay)
            for a, b in zip(self.average.buffers(), self.made.buffers()):
                a.copy_(b)
        return {**report, **{k: float(v.detach()) for k, v in terms.items()}}

    def update_critic(self, images, embeddings, free, made, changes):
        n = len(images)
        real_whole, real_patch, _ = self.critic(changes[0](images), embeddings)
        both = torch.cat([changes[0](made[:n]), changes[1](made[n:])])
        made_whole, made_patch, _ = self.critic(both, torch.cat([embeddings, free]))
        loss = (
            F.relu(1 - real_whole).mean() + F.relu(1 + made_whole).mean()
            + F.relu(1 - real_patch).mean() + F.relu(1 + made_patch).mean()
        )
        self.critic_optimiser.zero_grad(set_to_none=True)
        loss.backward()
        self.critic_optimiser.step()
        return {"critic": float(loss.detach())}

    def generator_terms(self, images, embeddings, second, free, free_z, made, changes):
        n = len(images)
        paired, unpaired = made[:n], made[n:]
        terms = {"l1": 6 * losses.reconstruction(paired, images)}

        self.critic.requires_grad_(False)
        both = torch.cat([changes[0](paired), changes[1](unpaired)])
        whole, patch, features = self.critic(both, torch.cat([embeddings, free]))
        with torch.no_grad():
            _, _, wanted = self.critic(changes[0](images), embeddings)
        self.critic.requires_grad_(True)
        weight = 0.15 * min(1, self.step / 1000)
        terms["adversary"] = -weight * (whole.mean() + patch.mean())
        terms["matching"] = 2 * sum((f[:n].float() - w.float()).abs().mean() for f, w in zip(features, wanted)) / len(wanted)

        # The judges cost most of a step, so they take turns.
        turn = self.step % 3
        if turn == 0:
            found = losses.seen_by(self.judge, made[: n + n // 2])
            terms["identity"] = 4 * (1 - (found * torch.cat([embeddings, free[: n // 2]])).sum(1)).mean()
        elif turn == 1:
            found = losses.seen_by(self.second, made[n // 2 :])
            terms["second"] = 3 * (1 - (found[: n // 2] * second[n // 2 :]).sum(1)).mean()
            terms["contrast"] = 0.6 * losses.contrast(found[n // 2 :])
        else:
            _, seen = self.judge(paired, taps=losses.PERCEPTUAL_TAPS)
            with torch.no_grad():
                _, aim = self.judge(images, taps=losses.PERCEPTUAL_TAPS)
            terms["perceptual"] = 2 * losses.perceptual(seen, aim)
        guessed, _ = self.encoder(unpaired, free)
        terms["latent"] = 0.15 * F.mse_loss(guessed, free_z)
        return terms

    @torch.no_grad()
    def sheet(self, path):
        """Rows: real face, its reconstruction, its embedding with four other z; then identities of nobody with six z."""
        torch.manual_seed(1)
        images, embeddings, _ = self.faces.batch(6)
        half = self.seconds < self.options.half * self.options.minutes * 60
        if half:
            images = F.avg_pool2d(images, 2)
        rows = []
        z = self.average.latent(torch.randn(6, LATENT))
        for image, e in zip(images, embeddings):
            mean, _ = self.encoder(image[None], e[None])
            rows.append(torch.cat([image[None], self.average(e.repeat(5, 1), torch.cat([mean, z[:4]]), half)]))
        for e in self.faces.free_embeddings(6):
            rows.append(self.average(e.repeat(6, 1), z, half))
        picture = torch.cat([torch.cat(list(row), 2) for row in rows], 1)
        left, right = picture.chunk(2, 1)
        array = (torch.cat([left, right], 2).permute(1, 2, 0) * 255).round().byte().numpy()
        Image.fromarray(array).save(path)
        torch.manual_seed(self.step)


def main():
    options = arguments()
    options.out.mkdir(parents=True, exist_ok=True)
    checkpoint = options.out / "checkpoint.pt"
    torch.manual_seed(0)
    trainer = Trainer(options)
    if checkpoint.exists():
        trainer.load(checkpoint)
        torch.manual_seed(trainer.step)
    last_save, limit = time.time(), options.minutes * 60
    recent = {}
    while trainer.seconds < limit:
        started = time.time()
        left = 1 - trainer.seconds / limit
        rate = options.rate * min(1, trainer.step / 200, max(0.03, left / 0.3))
        for optimiser in (trainer.optimiser, trainer.critic_optimiser):
            optimiser.param_groups[0]["lr"] = rate
        for key, value in trainer.train_step().items():
            recent[key] = value if key not in recent else 0.95 * recent[key] + 0.05 * value
        trainer.seconds += time.time() - started
        if trainer.step % 50 == 0:
            rate = trainer.step * options.batch / trainer.seconds
            print(trainer.step, f"{trainer.seconds:.0f}s {rate:.1f} images/s", *[f"{k} {v:.3f}" for k, v in recent.items()], flush=True)
        if time.time() - last_save > 180 or trainer.seconds >= limit:
            trainer.save(checkpoint)
            trainer.sheet(options.out / f"sheet-{trainer.step:06d}.png")
            last_save = time.time()


if __name__ == "__main__":
    main()
