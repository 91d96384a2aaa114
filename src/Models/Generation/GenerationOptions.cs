using Reflux.Contracts.Errors;

namespace Reflux.Models.Generation;

/// <summary>How answers are written and when they end.</summary>
public sealed record GenerationOptions
{
    /// <summary>The longest answer; the context length also ends one.</summary>
    public int MaxTokens { get; init; } = 256;

    /// <summary>How each token is chosen.</summary>
    public SamplingOptions Sampling { get; init; } = SamplingOptions.Greedy;

    /// <summary>Texts that end an answer, wherever token borders lie in them; the answer's text is cut before the first.</summary>
    public IReadOnlyList<string> StopTexts { get; init; } = [];

    /// <summary>How many of the most probable tokens are reported at each position besides the chosen one, with log-probabilities; null for no report.</summary>
    public int? LogProbabilities { get; init; }

    /// <exception cref="RefluxException">A value is out of range (option-out-of-range).</exception>
    internal void Check()
    {
        Sampling.Check();
        string? fault = MaxTokens < 1 ? $"max tokens is {MaxTokens}"
            : StopTexts.Any(string.IsNullOrEmpty) ? "a stop text is empty"
            : LogProbabilities < 0 ? $"log-probabilities is {LogProbabilities}"
            : null;
        if (fault is not null)
        {
            throw new RefluxException(ErrorCodes.OptionOutOfRange, $"{fault}.", "Allow at least one token, give stop texts of at least one character, and count log-probabilities from 0.");
        }
    }
}
