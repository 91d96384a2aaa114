using System.Text.Json;
using Reflux.Models.Json;

namespace Reflux.Models.Tokenizers;

/// <summary>The names by which a chat template knows special tokens, from <c>tokenizer_config.json</c> and <c>special_tokens_map.json</c>.</summary>
/// <param name="Bos"><c>bos_token</c>: begins a sequence.</param>
/// <param name="Eos"><c>eos_token</c>: ends an answer.</param>
/// <param name="Pad"><c>pad_token</c>.</param>
/// <param name="Unk"><c>unk_token</c>.</param>
/// <param name="Additional"><c>additional_special_tokens</c>.</param>
public sealed record SpecialTokenNames(string? Bos, string? Eos, string? Pad, string? Unk, IReadOnlyList<string> Additional)
{
    internal const string ConfigFile = "tokenizer_config.json";
    internal const string MapFile = "special_tokens_map.json";

    /// <summary>No names at all.</summary>
    public static SpecialTokenNames None { get; } = new(null, null, null, null, []);

    /// <summary>Names and tokens, those that there are.</summary>
    internal IEnumerable<(string Name, string Token)> Named
    {
        get
        {
            foreach ((string name, string? token) in ((string, string?)[])[("bos_token", Bos), ("eos_token", Eos), ("pad_token", Pad), ("unk_token", Unk)])
            {
                if (token is not null)
                {
                    yield return (name, token);
                }
            }
        }
    }

    /// <summary>Reads both files of a model directory, where they are there; what both name counts as <c>tokenizer_config.json</c> has it.</summary>
    /// <exception cref="ModelException">One of them is malformed.</exception>
    public static SpecialTokenNames Read(string directory)
    {
        JsonFields[] files = [.. ((string[])[ConfigFile, MapFile]).Select(name => Path.Combine(directory, name)).Where(File.Exists).Select(JsonFields.Read)];
        return new SpecialTokenNames(
            Find(files, "bos_token"), Find(files, "eos_token"), Find(files, "pad_token"), Find(files, "unk_token"),
            files.FirstOrDefault(file => file.Has("additional_special_tokens")) is { } file
                ? [.. file.Array("additional_special_tokens").Select((_, i) => file.TokenText("additional_special_tokens", i))]
                : []);
    }

    /// <summary>The names as the fields of either file.</summary>
    internal void WriteTo(Utf8JsonWriter writer)
    {
        foreach ((string name, string token) in Named)
        {
            writer.WriteString(name, token);
        }
    }

    private static string? Find(JsonFields[] files, string name) => files.FirstOrDefault(file => file.Has(name))?.TokenText(name);
}
