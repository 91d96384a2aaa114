"""Steps of AdamW from its formulas (Loshchilov and Hutter, 2019, algorithm 2), with clipping by the global norm and linear warm-up."""
import math

import torch

SETTINGS = {
    "learning_rate": 0.003, "warmup_steps": 5, "beta1": 0.9, "beta2": 0.95, "epsilon": 1e-8, "weight_decay": 0.1, "gradient_clip": 0.5,
}

# what a step would be with one part left out
VARIANTS = ("no-weight-decay", "no-bias-correction", "no-clipping", "no-warmup")


def train(make_decoder, config, weights, batches, variant=None):
    """One step a batch. Returns the parameters afterwards, each step's mean loss, and its gradient norm before clipping."""
    weights = {name: value.clone().requires_grad_() for name, value in weights.items()}
    first = {name: torch.zeros_like(value) for name, value in weights.items()}
    second = {name: torch.zeros_like(value) for name, value in weights.items()}
    losses, norms = [], []
    for step, batch in enumerate(batches, start=1):
        loss, gradients = differentiate(make_decoder(config, weights), weights, batch)
        norm = math.sqrt(sum(float((gradient * gradient).sum()) for gradient in gradients.values()))
        losses.append(float(loss))
        norms.append(norm)
        clip = 1.0 if variant == "no-clipping" else min(1.0, SETTINGS["gradient_clip"] / norm)
        warm = 1.0 if variant == "no-warmup" else min(1.0, step / SETTINGS["warmup_steps"])
        rate = SETTINGS["learning_rate"] * warm
        with torch.no_grad():
            for name, value in weights.items():
                gradient = gradients[name] * clip
                first[name] = SETTINGS["beta1"] * first[name] + (1 - SETTINGS["beta1"]) * gradient
                second[name] = SETTINGS["beta2"] * second[name] + (1 - SETTINGS["beta2"]) * gradient * gradient
                mean, square = first[name], second[name]
                if variant != "no-bias-correction":
                    mean = mean / (1 - SETTINGS["beta1"] ** step)
                    square = square / (1 - SETTINGS["beta2"] ** step)
                decay = 0.0 if variant == "no-weight-decay" or value.dim() < 2 else SETTINGS["weight_decay"]
                value -= rate * (mean / (torch.sqrt(square) + SETTINGS["epsilon"]) + decay * value)
    return {name: value.detach() for name, value in weights.items()}, losses, norms


def differentiate(decoder, weights, sequences):
    """The mean loss of all next tokens of some sequences, and its gradient for every parameter."""
    loss = sum(decoder.next_token_loss(ids) for ids in sequences) / sum(len(ids) - 1 for ids in sequences)
    gradients = torch.autograd.grad(loss, list(weights.values()))
    return loss.detach(), dict(zip(weights, gradients))
