"""The autoencoder's shape, its losses and its tensors: diffusers' own AutoencoderTiny, nothing of ours inside.

Pictures are uint8 (N, H, W, 3); tensors are float (N, 3, H, W) in -1..1 as diffusers wants them.
"""

from __future__ import annotations

import numpy as np
import torch
import torch.nn.functional as functional
from diffusers import AutoencoderTiny
from numpy.typing import NDArray

LATENT_CHANNELS = 4
PIXELS_PER_LATENT = 8
WIDTH = 32


def build_autoencoder() -> AutoencoderTiny:
    """An untrained AutoencoderTiny: thin at full resolution, where a CPU spends its time; its decoder is deep below."""
    return AutoencoderTiny(
        latent_channels=LATENT_CHANNELS,
        encoder_block_out_channels=(WIDTH,) * 4,
        decoder_block_out_channels=(WIDTH,) * 4,
        num_encoder_blocks=(0, 0, 2, 3),
        num_decoder_blocks=(6, 4, 1, 0),
        scaling_factor=1.0,
    )


def to_tensor(pictures: NDArray[np.uint8]) -> torch.Tensor:
    """uint8 (N, H, W, 3) to float (N, 3, H, W) in -1..1."""
    owned = np.array(pictures, order="C")
    return torch.from_numpy(owned).permute(0, 3, 1, 2).float().div(127.5).sub(1.0).contiguous()


def to_pictures(tensor: torch.Tensor) -> NDArray[np.uint8]:
    """Float (N, 3, H, W) in -1..1 to uint8 (N, H, W, 3)."""
    scaled = tensor.detach().float().cpu().clamp(-1, 1).add(1.0).mul(127.5).round().byte()
    return np.ascontiguousarray(scaled.permute(0, 2, 3, 1).numpy())


def picture_loss(made: torch.Tensor, wanted: torch.Tensor) -> torch.Tensor:
    """Absolute and squared error of pixels, absolute error of their gradients and of two coarser scales."""
    loss = (made - wanted).abs().mean() + 2.0 * (made - wanted).square().mean()
    for axis in (-1, -2):
        loss = loss + 0.7 * (made.diff(dim=axis) - wanted.diff(dim=axis)).abs().mean()
    for _ in range(2):
        made, wanted = functional.avg_pool2d(made, 2), functional.avg_pool2d(wanted, 2)
        loss = loss + 0.7 * (made - wanted).abs().mean()
    return loss


def moment_loss(latents: torch.Tensor) -> torch.Tensor:
    """Pulls each latent channel towards mean 0 and deviation 1, so that `scaling_factor` can be 1."""
    mean = latents.mean(dim=(0, 2, 3))
    deviation = latents.std(dim=(0, 2, 3))
    return (mean.square() + (deviation - 1.0).square()).mean()


@torch.no_grad()
def fold_normalisation(autoencoder: AutoencoderTiny, pictures: NDArray[np.uint8]) -> tuple[torch.Tensor, torch.Tensor]:
    """Make the latents of `pictures` mean 0, deviation 1 per channel by rewriting the convolutions around them.

    Returns the mean and deviation that were removed. The decoder's soft clamp (3 tanh(z/3)) is not affine, so the
    decoder is exact only as far as the moments were close already; decoder training comes afterwards.
    """
    parts = [
        autoencoder.encoder(to_tensor(pictures[i : i + 16]).to(autoencoder.device)) for i in range(0, len(pictures), 16)
    ]
    latents = torch.cat(parts)
    mean, deviation = latents.mean(dim=(0, 2, 3)), latents.std(dim=(0, 2, 3))
    last = autoencoder.encoder.layers[-1]
    last.weight.div_(deviation[:, None, None, None])
    last.bias.sub_(mean).div_(deviation)
    first = autoencoder.decoder.layers[0]
    first.bias.add_((first.weight.sum(dim=(2, 3)) * mean[None]).sum(dim=1))
    first.weight.mul_(deviation[None, :, None, None])
    return mean, deviation


@torch.no_grad()
def reconstruction_psnr(autoencoder: AutoencoderTiny, pictures: NDArray[np.uint8]) -> float:
    """Mean PSNR in dB of encode-decode over `pictures`."""
    values: list[float] = []
    for i in range(0, len(pictures), 8):
        wanted = to_tensor(pictures[i : i + 8]).to(autoencoder.device)
        made = autoencoder.decoder(autoencoder.encoder(wanted)).clamp(-1, 1)
        error = ((made - wanted) / 2).square().mean(dim=(1, 2, 3))
        values += (-10 * torch.log10(error)).tolist()
    return float(np.mean(values))
