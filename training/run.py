"""A training that can be stopped at any time: it goes on from its last checkpoint, and counts only the time it ran."""

import time
from pathlib import Path

import torch


class Run:
    """Holds modules and optimisers by name; `state` is what a checkpoint keeps of them."""

    def __init__(self, folder: Path, name: str, **parts):
        self.path, self.parts = folder / f"{name}.pt", parts
        self.step, self.seconds = 0, 0.0
        # A checkpoint keeps the rates of its moment, which the schedule had lowered.
        self.rates = {k: o.param_groups[0]["lr"] for k, o in self.optimisers().items()}
        folder.mkdir(parents=True, exist_ok=True)
        if self.path.exists():
            self.load()
        torch.manual_seed(self.step)

    def load(self):
        state = torch.load(self.path, map_location=torch.get_default_device())
        for name, part in self.parts.items():
            part.load_state_dict(state[name])
        self.step, self.seconds = state["step"], state["seconds"]

    def save(self):
        state = {name: part.state_dict() for name, part in self.parts.items()}
        new = self.path.with_suffix(".new")
        torch.save({**state, "step": self.step, "seconds": self.seconds}, new)
        new.rename(self.path)

    def go(self, train_step, schedule, ends, show, every=240):
        """Calls train_step() until ends() is 1: the share of the work that is done. `schedule(step, share)` is the rates' factor.

        What train_step returns is printed as moving averages. Saves, and shows a sheet, every 240 seconds.
        """
        recent, saved = {}, time.time()
        while (share := min(1.0, ends())) < 1:
            started = time.time()
            for name, optimiser in self.optimisers().items():
                optimiser.param_groups[0]["lr"] = self.rates[name] * schedule(self.step, share)
            for key, value in train_step().items():
                # Kept on the device: reading a number would wait for it.
                recent[key] = value if key not in recent else 0.95 * recent[key] + 0.05 * value
            self.step += 1
            if self.step % 25 == 0:
                terms = [f"{k} {float(v):.3f}" for k, v in recent.items()]
                print(self.step, f"{self.seconds:.0f}s cpu {time.process_time():.0f}s", *terms, flush=True)
            self.seconds += time.time() - started
            if time.time() - saved > every or ends() >= 1:
                self.save()
                show(self.path.with_name(f"{self.path.stem}-{self.step:06d}.png"))
                saved = time.time()

    def optimisers(self):
        return {name: part for name, part in self.parts.items() if isinstance(part, torch.optim.Optimizer)}


def follow(average, made, decay):
    """Exponential moving average of a module's weights; its buffers are taken as they are."""
    with torch.no_grad():
        for a, p in zip(average.parameters(), made.parameters()):
            a.lerp_(p, 1 - decay)
        for a, b in zip(average.buffers(), made.buffers()):
            a.copy_(b)


def sheet(images, columns: int, path: Path):
    """[n, 3, S, S] in [0, 1] as a PNG."""
    from PIL import Image

    rows = [torch.cat(list(row), 2) for row in images.split(columns)]
    Image.fromarray((torch.cat(rows, 1).permute(1, 2, 0) * 255).round().byte().cpu().numpy()).save(path)
