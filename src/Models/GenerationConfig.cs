using Reflux.Models.Json;

namespace Reflux.Models;

/// <summary>
/// What <c>generation_config.json</c> says: stop tokens and the way of choosing that the model's makers advise. The advice is for callers that
/// follow it; nothing here samples by itself.
/// </summary>
public sealed record GenerationConfig
{
    internal const string FileName = "generation_config.json";

    private static readonly HashSet<string> Understood =
        ["eos_token_id", "do_sample", "temperature", "top_k", "top_p", "min_p", "bos_token_id", "pad_token_id", "transformers_version", "_from_model_config"];

    /// <summary>The tokens that end an answer, besides those of <c>config.json</c>.</summary>
    public IReadOnlyList<int> EosTokenIds { get; init; } = [];

    /// <summary>Whether tokens should be drawn instead of taken greedily.</summary>
    public bool? Sample { get; init; }

    /// <summary>What logits are divided by; 0 stands for the most probable token.</summary>
    public double? Temperature { get; init; }

    /// <summary>How many of the most probable tokens stay; 0 for all.</summary>
    public int? TopK { get; init; }

    /// <summary>The probability mass that stays, 0 to 1.</summary>
    public double? TopP { get; init; }

    /// <summary>The least probability that stays, as a share of the largest; 0 to 1.</summary>
    public double? MinP { get; init; }

    /// <summary>Fields with advice that is not followed here, for example <c>repetition_penalty</c>.</summary>
    public IReadOnlyList<string> IgnoredFields { get; init; } = [];

    /// <summary>Reads the file of a model directory; one that is missing says nothing.</summary>
    /// <exception cref="ModelException">It is malformed or a number is out of its range.</exception>
    public static GenerationConfig Load(string directory)
    {
        string file = Path.Combine(directory, FileName);
        if (!File.Exists(file))
        {
            return new GenerationConfig();
        }

        JsonFields fields = JsonFields.Read(file);
        return new GenerationConfig
        {
            EosTokenIds = ModelConfigJson.ReadTokenIds(fields, "eos_token_id"),
            Sample = fields.Has("do_sample") ? fields.Flag("do_sample", false) : null,
            Temperature = Share(fields, "temperature", double.MaxValue),
            TopK = fields.Has("top_k") ? fields.Integer("top_k", 0, int.MaxValue) : null,
            TopP = Share(fields, "top_p", 1),
            MinP = Share(fields, "min_p", 1),
            IgnoredFields = [.. fields.Names.Where(name => fields.Has(name) && !Understood.Contains(name)).Order(StringComparer.Ordinal)],
        };
    }

    /// <summary>The text of a <c>generation_config.json</c> with these values and the token ids of a model; <see cref="IgnoredFields"/> are left out.</summary>
    internal string ToJson(ModelConfig config) => JsonText.Write(writer =>
    {
        writer.WriteBoolean("_from_model_config", this == Empty);
        ModelConfigJson.WriteTokenIds(writer, config with { EosTokenIds = [.. config.EosTokenIds.Union(EosTokenIds)] });
        if (Sample is { } sample)
        {
            writer.WriteBoolean("do_sample", sample);
        }

        foreach ((string name, double? value) in (ReadOnlySpan<(string, double?)>)[("min_p", MinP), ("temperature", Temperature), ("top_k", TopK), ("top_p", TopP)])
        {
            if (value is { } number)
            {
                writer.WriteNumber(name, number);
            }
        }
    });

    private static GenerationConfig Empty { get; } = new();

    /// <summary>A number from 0 to a limit.</summary>
    private static double? Share(JsonFields fields, string name, double limit)
    {
        if (!fields.Has(name))
        {
            return null;
        }

        double value = fields.Number(name);
        return value >= 0 && value <= limit ? value : throw fields.Invalid($"'{name}' is {value}, outside 0 to {limit}");
    }
}
