using Reflux.Contracts.Errors;

namespace Reflux.Models.Gguf;

/// <summary>The names of the types as llama.cpp's users know them.</summary>
public static class GgufTypeNames
{
    /// <summary>What a command line may say.</summary>
    public static IReadOnlyList<string> All { get; } = [.. Enum.GetValues<GgufType>().Select(type => type.Name)];

    extension(GgufType type)
    {
        /// <summary><c>f32</c>, <c>f16</c>, <c>bf16</c> or <c>q8_0</c>.</summary>
        public string Name => type switch
        {
            GgufType.F32 => "f32",
            GgufType.F16 => "f16",
            GgufType.BF16 => "bf16",
            GgufType.Q8 => "q8_0",
            _ => throw new ArgumentOutOfRangeException(nameof(type)),
        };
    }

    /// <summary>The type of a name.</summary>
    /// <exception cref="RefluxException">option-out-of-range: there is none of that name.</exception>
    public static GgufType Parse(string name) => Enum.GetValues<GgufType>().Where(type => type.Name == name).ToArray() is [var found]
        ? found
        : throw new RefluxException(ErrorCodes.OptionOutOfRange, $"a GGUF file has no type '{name}' here", $"Name one of {string.Join(", ", All)}.");
}
