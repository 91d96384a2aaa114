using System.CommandLine;
using Reflux.Models.Generation;

namespace Reflux.Cli.Output;

/// <summary>The flags that say how an answer is written.</summary>
internal sealed class GenerationFlags
{
    private readonly Option<int> _length = new("--max-tokens") { Description = "Longest answer.", DefaultValueFactory = _ => 128 };
    private readonly Option<double?> _temperature = new("--temperature") { Description = "What logits are divided by; 0 always takes the most probable token. Default: 0, or 1 with one of the next three." };
    private readonly Option<int?> _topK = new("--top-k") { Description = "Draw from the K most probable tokens." };
    private readonly Option<double?> _topP = new("--top-p") { Description = "Draw from the fewest tokens whose probabilities reach P." };
    private readonly Option<double?> _minP = new("--min-p") { Description = "Draw from tokens at least P times as probable as the best one." };
    private readonly Option<ulong> _seed = new("--seed") { Description = "The same seed draws the same tokens.", DefaultValueFactory = _ => 1 };
    private readonly Option<string[]> _stop = new("--stop") { Description = "A text that ends the answer and is left out of it; may be repeated.", DefaultValueFactory = _ => [] };

    public GenerationFlags() => _length.Validators.Add(result =>
    {
        if (result.GetValueOrDefault<int>() is not (>= 1 and <= 1_000_000))
        {
            result.AddError("--max-tokens: between 1 and 1000000");
        }
    });

    public void AddTo(Command command)
    {
        foreach (var option in (Option[])[_length, _temperature, _topK, _topP, _minP, _seed, _stop])
        {
            command.Add(option);
        }
    }

    public GenerationOptions Read(ParseResult parsed)
    {
        var (topK, topP, minP) = (parsed.GetValue(_topK), parsed.GetValue(_topP), parsed.GetValue(_minP));
        return new GenerationOptions
        {
            MaxTokens = parsed.GetValue(_length),
            StopTexts = parsed.GetRequiredValue(_stop),
            Sampling = new SamplingOptions
            {
                Temperature = parsed.GetValue(_temperature) ?? (topK is null && topP is null && minP is null ? 0 : 1),
                TopK = topK,
                TopP = topP ?? 1,
                MinP = minP ?? 0,
                Seed = parsed.GetValue(_seed),
            },
        };
    }
}
