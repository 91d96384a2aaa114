namespace Reflux.Models.Tokenizers;

/// <summary>The configuration that a trained tokenizer gets: that of a family of models.</summary>
public enum TokenizerStyle
{
    /// <summary>Byte-level, GPT-2's pre-tokeniser.</summary>
    Gpt2,

    /// <summary>Byte-level, GPT-2's pre-tokeniser after every digit is set apart: SmolLM2.</summary>
    SmolLm2,

    /// <summary>Byte-level, Llama 3's pre-tokeniser, and a piece that is a token is that token.</summary>
    Llama3,

    /// <summary>Byte-level, the pre-tokeniser of Qwen 2, 2.5 and 3, after Normalization Form C.</summary>
    Qwen2,

    /// <summary>Characters with byte fallback, a space written in front of every stretch by the normalizer: Llama 2, Mistral's first versions.</summary>
    Llama2,

    /// <summary>Characters with byte fallback, a space in front of the text by the Metaspace pre-tokeniser: Mistral from version 0.3 on.</summary>
    Mistral,
}
