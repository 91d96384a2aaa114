using System.Globalization;

namespace Orleans.Runtime;

/// <summary>Writes and reads the key forms of grains: Guid as 32 hexadecimal digits, integers in hexadecimal, extensions after '+'.</summary>
public static class GrainIdKeyExtensions
{
    /// <summary>A key made of an integer.</summary>
    public static IdSpan CreateIntegerKey(long key) => IdSpan.Create(key.ToString("X", CultureInfo.InvariantCulture));

    /// <summary>A key made of an integer and a text.</summary>
    public static IdSpan CreateIntegerKey(long key, string? keyExtension) =>
        Extended(key.ToString("X", CultureInfo.InvariantCulture), keyExtension);

    /// <summary>A key made of a Guid.</summary>
    public static IdSpan CreateGuidKey(Guid key) => IdSpan.Create(key.ToString("N"));

    /// <summary>A key made of a Guid and a text.</summary>
    public static IdSpan CreateGuidKey(Guid key, string? keyExtension) => Extended(key.ToString("N"), keyExtension);

    /// <summary>Reads an integer key.</summary>
    public static bool TryGetIntegerKey(this GrainId grainId, out long key, out string? keyExt)
    {
        var head = Split(grainId, out keyExt);
        return long.TryParse(head, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out key);
    }

    /// <summary>Reads an integer key.</summary>
    /// <exception cref="ArgumentException">The key is no integer.</exception>
    public static long GetIntegerKey(this GrainId grainId) => GetIntegerKey(grainId, out _);

    /// <summary>Reads an integer key and its extension.</summary>
    /// <exception cref="ArgumentException">The key is no integer.</exception>
    public static long GetIntegerKey(this GrainId grainId, out string? keyExt) =>
        grainId.TryGetIntegerKey(out var key, out keyExt) ? key : throw Mismatch(grainId, "an integer");

    /// <summary>Reads a Guid key.</summary>
    public static bool TryGetGuidKey(this GrainId grainId, out Guid key, out string? keyExt)
    {
        var head = Split(grainId, out keyExt);
        return Guid.TryParseExact(head, "N", out key);
    }

    /// <summary>Reads a Guid key.</summary>
    /// <exception cref="ArgumentException">The key is no Guid.</exception>
    public static Guid GetGuidKey(this GrainId grainId) => GetGuidKey(grainId, out _);

    /// <summary>Reads a Guid key and its extension.</summary>
    /// <exception cref="ArgumentException">The key is no Guid.</exception>
    public static Guid GetGuidKey(this GrainId grainId, out string? keyExt) =>
        grainId.TryGetGuidKey(out var key, out keyExt) ? key : throw Mismatch(grainId, "a Guid");

    private static IdSpan Extended(string head, string? extension) =>
        IdSpan.Create(string.IsNullOrEmpty(extension) ? head : $"{head}+{extension}");

    private static string Split(GrainId grainId, out string? extension)
    {
        var text = grainId.Key.ToString();
        var plus = text.IndexOf('+', StringComparison.Ordinal);
        extension = plus < 0 ? null : text[(plus + 1)..];
        return plus < 0 ? text : text[..plus];
    }

    private static ArgumentException Mismatch(GrainId grainId, string form) =>
        new($"The key of grain {grainId} is not {form}.", nameof(grainId));
}
