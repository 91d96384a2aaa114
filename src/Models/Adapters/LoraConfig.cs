using System.Text.RegularExpressions;
using Reflux.Contracts.Errors;

namespace Reflux.Models.Adapters;

/// <summary>The shape of a LoRA adapter: W + s·B·A in place of W, for some of the linear maps. Source: Hu et al. 2021, "LoRA".</summary>
public sealed record LoraConfig
{
    /// <summary>r: rows of A and columns of B.</summary>
    public required int Rank { get; init; }

    /// <summary>α of s = α / r.</summary>
    public required double Alpha { get; init; }

    /// <summary>s = α / √r instead. Source: Kalajdzievski 2023, "rsLoRA".</summary>
    public bool RankStabilized { get; init; }

    /// <summary>The linear maps that are adapted, by the last parts of their names, such as <c>q_proj</c> or <c>self_attn.q_proj</c>. Not with a pattern.</summary>
    public IReadOnlyList<string> TargetModules { get; init; } = [];

    /// <summary>A regular expression that matches the whole names of the linear maps that are adapted, such as <c>.*\.layers\.[01]\.mlp\..*</c>.</summary>
    public string? TargetPattern { get; init; }

    /// <summary>The base that it belongs to, as whoever trained it called it; null where unknown.</summary>
    public string? BaseModel { get; init; }

    /// <summary>s.</summary>
    public double Scale => Alpha / (RankStabilized ? Math.Sqrt(Rank) : Rank);

    /// <summary>The names of the maps of a model that are adapted, in ordinal order.</summary>
    /// <param name="modules">All linear maps of its layers.</param>
    /// <exception cref="RefluxException">A rank or α below what is possible, a pattern that is none, or a name that no map has (option-out-of-range).</exception>
    internal IReadOnlyList<string> Targets(IReadOnlyCollection<string> modules)
    {
        if (Rank < 1 || !double.IsFinite(Alpha) || Alpha <= 0)
        {
            throw Refused($"rank {Rank} and alpha {Alpha} make no adapter", "Give a rank of at least 1 and an alpha above 0.");
        }

        if (TargetPattern is null == (TargetModules.Count == 0))
        {
            throw Refused("an adapter needs either names of target modules or a pattern", "Give one of them.");
        }

        if (TargetModules.FirstOrDefault(target => !modules.Any(module => Ends(module, target))) is { } unknown)
        {
            throw Refused($"no linear map of the model's layers is called '{unknown}'", $"Choose among {string.Join(", ", modules.Select(module => module[(module.LastIndexOf('.') + 1)..]).Distinct().Order(StringComparer.Ordinal))}.");
        }

        Regex? pattern = TargetPattern is null ? null : Compile(TargetPattern);
        string[] targets = [.. modules.Where(module => pattern?.IsMatch(module) ?? TargetModules.Any(target => Ends(module, target))).Order(StringComparer.Ordinal)];
        return targets.Length > 0 ? targets : throw Refused($"the pattern '{TargetPattern}' matches no linear map of the model's layers", "It has to match a whole name, such as model.layers.0.self_attn.q_proj.");
    }

    private static bool Ends(string module, string target) => module == target || module.EndsWith("." + target, StringComparison.Ordinal);

    private static Regex Compile(string pattern)
    {
        try
        {
            return new Regex($@"\A(?:{pattern})\z", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking);
        }
        catch (Exception error) when (error is ArgumentException or NotSupportedException)
        {
            throw new RefluxException(ErrorCodes.OptionOutOfRange, $"The target pattern '{pattern}' is no regular expression without look-around and back-references.", "Correct it, or list the target modules.", error);
        }
    }

    private static RefluxException Refused(string problem, string remedy) => new(ErrorCodes.OptionOutOfRange, $"LoRA: {problem}.", remedy);
}
