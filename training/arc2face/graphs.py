"""Arc2Face's networks as graphs of float32 tensors: no tokenizer, no vocabulary, no scaling left to the caller.

Papantoniou et al. 2024, "Arc2Face: A Foundation Model for ID-Consistent Human Faces", section 3.
"""

import torch
from torch import nn

LENGTH = 77
START, END = 49406, 49407
# CLIP's tokens of "photo of a id person"; the face stands in the place of "id".
ID_PROMPT = [START, 1125, 539, 320, 1014, 2533] + [END] * (LENGTH - 6)
ID_POSITION = 4
EMPTY_PROMPT = [START] + [END] * (LENGTH - 1)


class IdentityEncoder(nn.Module):
    """`face` [N, d] -> `states` [N, 77, h]: CLIP's text model with a face for a word."""

    def __init__(self, clip, dimension: int):
        super().__init__()
        text = getattr(clip, "text_model", clip)
        embeddings = text.embeddings
        self.layers, self.norm = text.encoder.layers, text.final_layer_norm
        self.pad = clip.config.hidden_size - dimension
        with torch.no_grad():
            row = lambda tokens: embeddings.token_embedding(torch.tensor(tokens))[None].clone()
            self.register_buffer("prompt", row(ID_PROMPT))
            self.register_buffer("empty", row(EMPTY_PROMPT), persistent=False)
            self.register_buffer("positions", embeddings.position_embedding(torch.arange(LENGTH))[None].clone())
        self.register_buffer("mask", torch.full((1, 1, LENGTH, LENGTH), float("-inf")).triu(1))

    def encode(self, tokens):
        states = tokens + self.positions
        # A finite minimum: an infinite one is no number in half precision once it is added to.
        mask = self.mask.clamp(min=torch.finfo(states.dtype).min).to(states.dtype)
        for layer in self.layers:
            states = layer(states, mask)
            states = states[0] if isinstance(states, tuple) else states
        return self.norm(states).float()

    def forward(self, face):
        prompt = self.prompt.expand(face.shape[0], -1, -1)
        word = nn.functional.pad(face.to(prompt.dtype), (0, self.pad))[:, None]
        return self.encode(torch.cat([prompt[:, :ID_POSITION], word, prompt[:, ID_POSITION + 1 :]], dim=1))

    def unconditional(self):
        """States of the empty prompt, [1, 77, h]: what guidance leads away from."""
        return self.encode(self.empty)


class NoisePredictor(nn.Module):
    """`latents` [N, 4, H, W], `timestep` int64 [1], `states` [N, 77, h] -> `noise` [N, 4, H, W]."""

    def __init__(self, unet):
        super().__init__()
        self.unet = unet

    def forward(self, latents, timestep, states):
        dtype = self.unet.dtype
        return self.unet(latents.to(dtype), timestep, states.to(dtype), return_dict=False)[0].float()


class Decoder(nn.Module):
    """`latents` [N, 4, H, W] -> `image` [N, 3, 8H, 8W], RGB in [0, 1]."""

    def __init__(self, vae):
        super().__init__()
        self.project, self.decoder, self.scale = vae.post_quant_conv, vae.decoder, vae.config.scaling_factor

    def forward(self, latents):
        dtype = next(self.decoder.parameters()).dtype
        image = self.decoder(self.project((latents / self.scale).to(dtype)))
        return (image.float() / 2 + 0.5).clamp(0, 1)
