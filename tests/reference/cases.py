"""The tiny models: every architecture, every odd shape. Each is a config.json and how its weights are stored."""

BASE = {
    "hidden_act": "silu", "hidden_size": 16, "intermediate_size": 20, "max_position_embeddings": 64, "num_attention_heads": 4,
    "num_hidden_layers": 2, "num_key_value_heads": 2, "rms_norm_eps": 1e-5, "rope_theta": 100.0, "tie_word_embeddings": False,
    "torch_dtype": "float32", "vocab_size": 23, "eos_token_id": 2,
}


def config(architecture, model_type, **fields):
    return {"architectures": [architecture], "model_type": model_type, **BASE, **fields}


def llama(**fields):
    return config("LlamaForCausalLM", "llama", **fields)


def qwen2(**fields):
    return config("Qwen2ForCausalLM", "qwen2", **fields)


def qwen3(**fields):
    return config("Qwen3ForCausalLM", "qwen3", **fields)


# name: (config, stored type, shards, length of the longest sequence, fields without which the logits must differ)
CASES = {
    "llama": (llama(), "F32", 1, 12, None),
    "llama-one-kv-head": (llama(num_key_value_heads=1, head_dim=6, tie_word_embeddings=True), "BF16", 1, 12, None),
    "llama-biased": (llama(attention_bias=True, num_key_value_heads=4), "F32", 1, 12, None),
    "llama3": (
        {key: value for key, value in llama(
            head_dim=8, num_attention_heads=2, num_key_value_heads=1,
            rope_parameters={"rope_type": "llama3", "rope_theta": 100.0, "factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0,
                             "original_max_position_embeddings": 32},
        ).items() if key != "rope_theta"},
        "F32", 1, 48, {"rope_parameters": {"rope_type": "default", "rope_theta": 100.0}},
    ),
    "mistral": (config("MistralForCausalLM", "mistral", sliding_window=5), "F32", 3, 24, {"sliding_window": 64}),
    "qwen2": (
        qwen2(tie_word_embeddings=True, use_sliding_window=False, sliding_window=3, max_window_layers=0, rope_scaling=None), "F16", 1, 12, None,
    ),
    "qwen2-windowed": (
        qwen2(use_sliding_window=True, sliding_window=4, max_window_layers=1), "F64", 1, 24, {"use_sliding_window": False},
    ),
    "qwen3": (qwen3(head_dim=10, num_attention_heads=3, num_key_value_heads=1, tie_word_embeddings=True), "F32", 3, 12, None),
    "qwen3-biased": (
        qwen3(head_dim=4, attention_bias=True, use_sliding_window=True, sliding_window=6, layer_types=["full_attention", "sliding_attention"]),
        "F32", 1, 24, {"use_sliding_window": False},
    ),
}
