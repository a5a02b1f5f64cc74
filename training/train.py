r"""Second stage: a conditional VAE with critics and two embedders as judges, from an earlier stage's generator on.

    python train.py --data work/crops --out work/run --packings work/packings.f32 --poses work/poses.pt --models .hyperface/models \
        --index ../shared/faces/index.tsv

On a GPU, or a CPU (bfloat16 on both; AMX where there is one). Started again, it goes on from its last checkpoint.
"""

import argparse
import copy
from pathlib import Path

import torch
import torch.nn.functional as F

import features
import losses
from data import Faces, before_grounds, packed_identities, random_grounds
from embedders import Embedder
from networks import CODES, LATENT, Critic, Encoder, FeatureCritic, Generator
from poses import load_judge, usual_pose
from run import Run, follow, sheet
from warm import begin

# Side of the windows that the frozen features see.
WINDOW = 96
# What each term of the generator's loss weighs. Set by hand, by the figures and sheets of the runs that README.md tells of.
WEIGHTS = {
    # The two critics, at first. Small beside the rest, they leave everything soft; great from the start, they grow watery rings.
    "fooled": 0.45,
    "pleased": 0.45,
    "l1": 5,
    # Beside the pixels, which alone leave everything soft.
    "matching": 1.5,
    # Distilling moved identities together; the default embedder pulls them apart again. In two steps of three.
    "identity": 8,
    # In the third step. It judges what the first must not be pleased by alone.
    "second": 3,
    # Only tells one identity from another, which the terms above do already: it helps where they are near.
    "contrast": 0.6,
    # z is to be read in faces of nobody, whose pixels nothing else holds: light enough to leave them to the critics.
    "latent": 0.15,
    # 0.003 or more left z with the background only.
    "kl": 0.001,
    # The first dimensions of z are yaw and pitch as poses.py sees them.
    "yaw": 1.0,
    # The embedders hold a nod for another nose: at 1, pitch spread by four tenths of what portraits do.
    "pitch": 4.0,
}
# By how much the critics' part grows while the others' stay.
SHARPER = 3.0
# Smoothness of the critics; it costs another pass, so one step in so many has it.
ROUGHNESS, ROUGH_EVERY = 0.05, 4


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("data", "out", "packings", "models"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--poses", type=Path, required=True, help="poses.py's judge")
    parser.add_argument("--begin", type=Path, help="checkpoint whose generator and encoder the first run begins with: distil.py's")
    parser.add_argument("--index", type=Path, help="index.tsv with the groups, to weight the sampling")
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--batch", type=int, help="reconstructed images of a step; as many of identities of nobody are drawn too")
    parser.add_argument("--minutes", type=float, default=480, help="of training, over all runs")
    parser.add_argument("--rate", type=float, default=5e-4)
    options = parser.parse_args()
    options.batch = options.batch or (64 if options.device == "cuda" else 8)
    options.begin = options.begin or options.out / "distilled.pt"
    return options


class Trainer:
    def __init__(self, options):
        self.options = options
        self.faces = Faces(options.data, options.index)
        self.packings = packed_identities(options.packings)
        self.judge = Embedder(str(options.models / "mobilefacenet-512.onnx"), bgr=True)
        self.second = Embedder(str(options.models / "mobilefacenet-192.onnx"), bgr=False)
        self.features = features.Features()
        self.poses = load_judge(options.poses)
        self.usual = usual_pose(self.poses, self.faces.shown[:, :3], self.faces.embeddings)
        self.made, self.encoder = Generator(), Encoder()
        self.critic = Critic(width=2 if options.device == "cuda" else 1)
        self.feature_critic = FeatureCritic(features.CHANNELS)
        for module in (self.made, self.encoder, self.critic, self.feature_critic):
            module.to(memory_format=torch.channels_last)
        begin(self.made, self.encoder, options.begin, self.packings)
        self.average = copy.deepcopy(self.made).requires_grad_(False)
        adam = {"betas": (0.0, 0.99), "fused": options.device == "cuda"}
        self.drawn = [*self.made.parameters(), *self.encoder.parameters()]
        self.critics = [self.critic, self.feature_critic]
        self.criticised = [p for c in self.critics for p in c.parameters()]
        self.optimiser = torch.optim.Adam(self.drawn, lr=options.rate, **adam)
        self.critic_optimiser = torch.optim.Adam(self.criticised, lr=0.8 * options.rate, **adam)
        names = ("made", "encoder", "critic", "feature_critic", "average", "optimiser", "critic_optimiser")
        self.run = Run(options.out, "checkpoint", **{name: getattr(self, name) for name in names})

    def share(self):
        return self.run.seconds / (60 * self.options.minutes)

    def nobody(self, n: int):
        """Identities of nobody, each twice: half of them packed, half mixtures."""
        packed = self.packings[torch.randint(len(self.packings), (n // 4,))]
        packed = F.normalize(packed + 0.01 * torch.randn_like(packed), dim=1)
        return torch.cat([packed, self.faces.free_embeddings(n // 2 - n // 4)]).repeat_interleave(2, 0)

    def train_step(self):
        n = self.options.batch
        portraits, inside, embeddings, second = self.faces.batch(n)
        free = self.nobody(n)
        with torch.autocast(self.options.device, torch.bfloat16):
            mean, log_variance = self.encode(portraits[:, :3], embeddings)
            self.made.follow_latents(mean.detach(), log_variance.detach().exp())
            z = mean + torch.randn_like(mean) * (0.5 * log_variance).exp()
            free_z = self.made.latent(torch.randn(n, LATENT))
            made = self.made(torch.cat([embeddings, free]), torch.cat([z, free_z]))
            # The mirrored edges of the portraits, which nothing should learn from, are hidden in the made ones too.
            hide = lambda x: x * inside + 0.5 * (1 - inside)
            grounds = random_grounds(2 * n)
            real = hide(before_grounds(portraits, grounds[:n]))
            placed = before_grounds(made, grounds)
            shown = torch.cat([hide(placed[:n]), hide(placed[n:])])
            window = features.windows(n, WINDOW)
            with torch.no_grad():
                wanted = self.features(window(real))
            seen = self.features(torch.cat([window(shown[:n]), window(shown[n:])]))
            report = self.update_critics(real, shown.detach(), wanted, [f.detach() for f in seen])
            terms = self.adversary(real, shown, wanted, seen)
            terms["l1"] = losses.reconstruction(made[:n], portraits, inside)
            terms["matching"] = losses.matching([f[:n] for f in seen], wanted)
            terms |= self.identity(placed, embeddings, second, free)
            guessed, _ = self.encoder(made[n:, :3], free)
            terms["latent"] = F.mse_loss(guessed[:, CODES:], free_z[:, CODES:])
            codes = torch.cat([z, free_z])[:, :CODES] + torch.cat([embeddings, free]) @ self.usual
            missed = F.smooth_l1_loss(self.poses(losses.disturb(made[:, :3].float())), codes, reduction="none").mean(0)
            terms["yaw"], terms["pitch"] = missed.unbind()
            terms["kl"] = losses.kl(mean, log_variance)
            terms = {name: WEIGHTS[name] * term for name, term in terms.items()}
        self.optimiser.zero_grad(set_to_none=True)
        sum(terms.values()).backward()
        step(self.optimiser, self.drawn, 5.0)
        follow(self.average, self.made, min(0.999, 1 - 1 / (1 + self.run.step / 4)))
        return {**report, **{k: v.detach() for k, v in terms.items()}}

    def encode(self, portraits, embeddings):
        """Mean and log variance of z; of its first dimensions what the judge of poses sees, nearly certain."""
        mean, log_variance = self.encoder(portraits, embeddings)
        with torch.no_grad():
            seen = (self.poses(portraits) - embeddings @ self.usual).clamp(-3.5, 3.5)
        sure = torch.full_like(seen, -4.0)
        return torch.cat([seen, mean[:, CODES:]], 1), torch.cat([sure, log_variance[:, CODES:]], 1)

    def update_critics(self, real, shown, wanted, seen):
        """Every made image against the real one in its place."""
        n = len(real)
        images = losses.disguise(torch.cat([real, shown]))
        scores = self.critic(images)
        loss = losses.relativistic([s[:n].repeat(2, 1) for s in scores], [s[n:] for s in scores])
        real_features, made_features = self.feature_critic(wanted), self.feature_critic(seen)
        feature_loss = losses.relativistic([s.repeat(2, 1) for s in real_features], made_features)
        report = {"critic": loss.detach(), "features": feature_loss.detach()}
        loss = loss + feature_loss
        if self.run.step % ROUGH_EVERY == 0:
            # R1 on real images and R2 on made ones.
            some = lambda x: torch.cat([x[: n // 2], x[n : n + n // 4], x[2 * n : 2 * n + n // 4]])
            rough = losses.roughness(self.critic, some(images), [some(s) for s in scores])
            loss = loss + ROUGHNESS * rough
            report["rough"] = rough.detach()
        self.critic_optimiser.zero_grad(set_to_none=True)
        loss.backward()
        step(self.critic_optimiser, self.criticised, 10.0)
        return report

    def adversary(self, real, shown, wanted, seen):
        for critic in self.critics:
            critic.requires_grad_(False)
        with torch.no_grad():
            aims = [[s.repeat(2, 1) for s in scores] for scores in (self.critic(losses.disguise(real)), self.feature_critic(wanted))]
        found = self.critic(losses.disguise(shown)), self.feature_critic(seen)
        for critic in self.critics:
            critic.requires_grad_(True)
        grown = min(1, self.run.step / 200) * (1 + (SHARPER - 1) * min(1, self.share() / 0.6))
        names = "fooled", "pleased"
        return {name: grown * losses.relativistic(f, a) for name, f, a in zip(names, found, aims, strict=True)}

    def identity(self, placed, embeddings, second, free):
        """The judges cost much of a step, so they take turns."""
        n = len(embeddings)
        if self.run.step % 3 < 2:
            found = losses.seen_by(self.judge, placed[n // 2 :])
            return {"identity": (1 - (found * torch.cat([embeddings[n // 2 :], free])).sum(1)).mean()}
        found = losses.seen_by(self.second, placed[n // 2 :])
        apart = losses.contrast(found[n // 2 :])
        return {"second": (1 - (found[: n // 2] * second[n // 2 :]).sum(1)).mean(), "contrast": apart}

    @torch.no_grad()
    def show(self, path):
        """Two rows of real faces over their reconstructions; then packed identities, four z each, on the right before other grounds."""
        torch.manual_seed(1)
        portraits, _, embeddings, _ = self.faces.batch(16)
        mean, _ = self.encode(portraits[:, :3], embeddings)
        packed = self.packings[torch.randperm(len(self.packings))[:24]].repeat_interleave(4, 0)
        drawn = self.average(packed, self.average.latent(0.8 * torch.randn(96, LATENT)))
        own = torch.arange(96)[:, None, None, None] % 16 < 8
        drawn = torch.where(own, drawn[:, :3], before_grounds(drawn, random_grounds(96, 1.0)))
        sheet(torch.cat([portraits[:, :3], self.average(embeddings, mean)[:, :3], drawn]), 16, path)
        torch.manual_seed(self.run.step)


def step(optimiser, parameters, most):
    """A step along gradients clipped to a norm of `most`; RuntimeError where they are not finite, since nothing would be learned."""
    torch.nn.utils.clip_grad_norm_(parameters, most, error_if_nonfinite=True)
    optimiser.step()


def main():
    options = arguments()
    torch.set_default_device(options.device)
    torch.manual_seed(0)
    trainer = Trainer(options)
    schedule = lambda step, share: min(1, step / 100, (1 - share) / 0.35 + 0.02)
    trainer.run.go(trainer.train_step, schedule, trainer.share, trainer.show)


if __name__ == "__main__":
    main()
