using Reflux.Contracts.Errors;

namespace Reflux.Models.Generation;

/// <summary>
/// How a token is drawn from a model's distribution: the logits are divided by the temperature, then top-k, top-p and min-p each keep a part of the
/// vocabulary, in this order, and one token of what is left is drawn in proportion to its probability. Tokens that tie with the last one kept are kept.
/// </summary>
public sealed record SamplingOptions
{
    /// <summary>The most probable token, always.</summary>
    public static SamplingOptions Greedy { get; } = new() { Temperature = 0 };

    /// <summary>0 chooses greedily; 1 is the model's own distribution.</summary>
    public double Temperature { get; init; } = 1;

    /// <summary>Only the k most probable tokens; null for all.</summary>
    public int? TopK { get; init; }

    /// <summary>Only the fewest tokens, most probable first, whose probabilities add up to p; 1 for all. Source: Holtzman et al. 2020, nucleus sampling.</summary>
    public double TopP { get; init; } = 1;

    /// <summary>Only tokens at least this many times as probable as the most probable one; 0 for all. Source: Nguyen et al. 2024, min-p sampling.</summary>
    public double MinP { get; init; }

    /// <summary>With a sequence's id and a position, decides every draw.</summary>
    public ulong Seed { get; init; }

    /// <exception cref="RefluxException">A value is out of range (option-out-of-range).</exception>
    internal void Check()
    {
        Require(Temperature is >= 0 and <= 100, "temperature", Temperature, "0 to 100");
        Require(TopK is null or >= 1, "top-k", TopK ?? 0, "1 or more");
        Require(TopP is > 0 and <= 1, "top-p", TopP, "above 0 and up to 1");
        Require(MinP is >= 0 and <= 1, "min-p", MinP, "0 to 1");
    }

    private static void Require(bool holds, string name, double value, string range)
    {
        if (!holds)
        {
            throw new RefluxException(
                ErrorCodes.OptionOutOfRange,
                string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{name} is {value}."),
                $"Give a value of {range}.");
        }
    }
}
