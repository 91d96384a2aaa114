"""A decoder of the Llama line in float64, one sequence at a time, as the papers write it: heads in a loop, keys and values shared by
looking up the right head, masks written out. Slow on purpose; what the product computes is compared with it.

Weights carry their Hugging Face names, `config` the fields of a config.json.
"""
import math

import torch


class Decoder:
    def __init__(self, config, weights):
        self.config = config
        self.weights = weights
        self.family = config["model_type"]
        self.heads = config["num_attention_heads"]
        self.kv_heads = config.get("num_key_value_heads", self.heads)
        self.width = config.get("head_dim", config["hidden_size"] // self.heads)
        self.layers = config["num_hidden_layers"]
        self.frequencies = frequencies(config, self.width)

    def logits(self, ids):
        """[T] ids to [T,V]."""
        hidden = self.weights["model.embed_tokens.weight"].index_select(0, torch.tensor(ids))
        for layer in range(self.layers):
            name = f"model.layers.{layer}."
            hidden = hidden + self.attention(name + "self_attn.", layer, self.norm(hidden, name + "input_layernorm"))
            hidden = hidden + self.feed_forward(name + "mlp.", self.norm(hidden, name + "post_attention_layernorm"))
        tied = self.config.get("tie_word_embeddings", False)
        head = self.weights["model.embed_tokens.weight" if tied else "lm_head.weight"]
        return self.norm(hidden, "model.norm") @ head.T

    def next_token_loss(self, ids):
        """The sum of -ln p(next token) over a sequence."""
        logits = self.logits(ids)
        total = 0
        for t in range(1, len(ids)):
            row = logits[t - 1]
            total = total + torch.log(torch.exp(row - row.max()).sum()) + row.max() - row[ids[t]]
        return total

    def attention(self, name, layer, rows):
        length = rows.shape[0]
        query = self.linear(rows, name + "q_proj")
        key = self.linear(rows, name + "k_proj")
        value = self.linear(rows, name + "v_proj")
        mask = self.mask(layer, length)
        mixed = []
        for head in range(self.heads):
            shared = head // (self.heads // self.kv_heads)
            q = self.positioned(self.head(query, head), name + "q_norm")
            k = self.positioned(self.head(key, shared), name + "k_norm")
            scores = (q @ k.T) / math.sqrt(self.width) + mask
            weights = torch.exp(scores - scores.max(dim=1, keepdim=True).values)
            mixed.append((weights / weights.sum(dim=1, keepdim=True)) @ self.head(value, shared))
        return self.linear(torch.cat(mixed, dim=1), name + "o_proj")

    def feed_forward(self, name, rows):
        gate = self.linear(rows, name + "gate_proj")
        return self.linear(gate / (1 + torch.exp(-gate)) * self.linear(rows, name + "up_proj"), name + "down_proj")

    def positioned(self, rows, norm):
        """One head [T,d], normed where the family norms, each half-pair (i, i + d/2) turned by position times its frequency."""
        if norm + ".weight" in self.weights:
            rows = self.norm(rows, norm)
        angles = torch.arange(rows.shape[0], dtype=torch.float64)[:, None] * self.frequencies[None, :]
        first, second = rows[:, : self.width // 2], rows[:, self.width // 2 :]
        return torch.cat(
            [first * torch.cos(angles) - second * torch.sin(angles), second * torch.cos(angles) + first * torch.sin(angles)], dim=1
        )

    def mask(self, layer, length):
        window = self.window(layer)
        mask = torch.zeros(length, length, dtype=torch.float64)
        for t in range(length):
            for s in range(length):
                if s > t or (window is not None and s <= t - window):
                    mask[t, s] = -math.inf
        return mask

    def window(self, layer):
        if self.family == "mistral":
            return self.config["sliding_window"]
        if not self.config.get("use_sliding_window", False):
            return None
        if "layer_types" in self.config:
            return self.config["sliding_window"] if self.config["layer_types"][layer] == "sliding_attention" else None
        return self.config["sliding_window"] if layer >= self.config["max_window_layers"] else None

    def head(self, rows, index):
        return rows[:, index * self.width : (index + 1) * self.width]

    def linear(self, rows, name):
        product = rows @ self.weights[name + ".weight"].T
        return product + self.weights[name + ".bias"] if name + ".bias" in self.weights else product

    def norm(self, rows, name):
        mean_square = (rows * rows).mean(dim=-1, keepdim=True)
        return rows / torch.sqrt(mean_square + self.config["rms_norm_eps"]) * self.weights[name + ".weight"]


def frequencies(config, width):
    """Radians a position for each pair."""
    rope = config.get("rope_parameters") or config.get("rope_scaling") or {}
    theta = rope.get("rope_theta", config.get("rope_theta", 10000.0))
    plain = [theta ** (-2 * i / width) for i in range(width // 2)]
    if rope.get("rope_type", rope.get("type", "default")) == "llama3":
        plain = [llama3(frequency, rope) for frequency in plain]
    return torch.tensor(plain, dtype=torch.float64)


def llama3(frequency, rope):
    context = rope["original_max_position_embeddings"]
    wavelength = 2 * math.pi / frequency
    if wavelength < context / rope["high_freq_factor"]:
        return frequency
    if wavelength > context / rope["low_freq_factor"]:
        return frequency / rope["factor"]
    smooth = (context / wavelength - rope["low_freq_factor"]) / (rope["high_freq_factor"] - rope["low_freq_factor"])
    return (1 - smooth) * frequency / rope["factor"] + smooth * frequency


def shapes(config):
    """Every parameter's shape under its Hugging Face name."""
    hidden, inner = config["hidden_size"], config["intermediate_size"]
    width = config.get("head_dim", hidden // config["num_attention_heads"])
    queries = config["num_attention_heads"] * width
    keys = config.get("num_key_value_heads", config["num_attention_heads"]) * width
    qkv_bias = config["model_type"] == "qwen2" or config.get("attention_bias", False)
    result = {"model.embed_tokens.weight": [config["vocab_size"], hidden], "model.norm.weight": [hidden]}
    if not config.get("tie_word_embeddings", False):
        result["lm_head.weight"] = [config["vocab_size"], hidden]
    for layer in range(config["num_hidden_layers"]):
        name = f"model.layers.{layer}."
        result[name + "input_layernorm.weight"] = [hidden]
        result[name + "post_attention_layernorm.weight"] = [hidden]
        for part, size in (("q_proj", queries), ("k_proj", keys), ("v_proj", keys)):
            result[name + f"self_attn.{part}.weight"] = [size, hidden]
            if qkv_bias:
                result[name + f"self_attn.{part}.bias"] = [size]
        result[name + "self_attn.o_proj.weight"] = [hidden, queries]
        if config.get("attention_bias", False):
            result[name + "self_attn.o_proj.bias"] = [hidden]
        if config["model_type"] == "qwen3":
            result[name + "self_attn.q_norm.weight"] = [width]
            result[name + "self_attn.k_norm.weight"] = [width]
        result[name + "mlp.gate_proj.weight"] = [inner, hidden]
        result[name + "mlp.up_proj.weight"] = [inner, hidden]
        result[name + "mlp.down_proj.weight"] = [hidden, inner]
    return result
