namespace Reflux.Models.Gguf;

/// <summary>How the matrices of a GGUF file are stored; vectors are always float32. The values are the format's own.</summary>
public enum GgufType
{
    /// <summary>float32</summary>
    F32 = 0,

    /// <summary>float16</summary>
    F16 = 1,

    /// <summary>Blocks of 32 numbers of a row: one float16 scale and 32 signed bytes.</summary>
    Q8 = 8,

    /// <summary>bfloat16</summary>
    BF16 = 30,
}
