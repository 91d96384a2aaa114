using Reflux.Models.Tokenizers;

namespace Reflux.Models.Generation;

/// <summary>What belongs to one answer besides its tokens, while it is written.</summary>
internal sealed class AnswerDraft(GenerationPrompt prompt, GenerationOptions options, Tokenizer tokenizer, Action<string>? written)
{
    private readonly DrawKey _key = DrawKey.For(options.Sampling.Seed, prompt.Sequence);
    private readonly StopTextFinder _text = new(options.StopTexts);
    private StopReason? _reason;

    public List<PositionScores> Scores { get; } = [];

    /// <summary>Where the random number of the answer's token <paramref name="step"/> comes from.</summary>
    public DrawKey KeyAt(int step) => _key.At(prompt.Tokens.Length + step);

    /// <summary>Takes the next token; true where it ends the answer.</summary>
    public bool Ends(int token, bool isStopToken)
    {
        if (!tokenizer.IsSpecial(token))
        {
            _text.Append(tokenizer.BytesOf(token));
            written?.Invoke(_text.Take(last: false));
        }

        _reason = isStopToken ? StopReason.StopToken : _text.Found ? StopReason.StopText : null;
        return _reason is not null;
    }

    public GeneratedAnswer Complete(int[] tokens, bool atMaximum)
    {
        written?.Invoke(_text.Take(last: true));
        return new GeneratedAnswer(tokens, _text.Text, _reason ?? (atMaximum ? StopReason.MaxTokens : StopReason.ContextLength), Scores);
    }
}
