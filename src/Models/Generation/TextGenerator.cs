using Reflux.Contracts.Errors;
using Reflux.Models.Decoders;
using Reflux.Models.Tokenizers;
using TorchSharp;
using static TorchSharp.torch;

namespace Reflux.Models.Generation;

/// <summary>Writes answers to a batch of prompts with a key-value cache; rows that are finished leave the batch. A row's answer depends on no other row, up to float rounding.</summary>
public static class TextGenerator
{
    /// <summary>Answers every prompt; the token that stopped an answer is part of it, an answer cut by a limit has none.</summary>
    /// <param name="decoder">Its gradients stay untouched.</param>
    /// <param name="prompts">At least one token each.</param>
    /// <param name="maxTokens">The longest answer; the context length also ends one.</param>
    /// <param name="stopTokenIds">The tokens that end an answer.</param>
    /// <param name="choose">For example <see cref="Greedy"/>; it sees float32 logits of the unfinished rows only, in no particular order.</param>
    /// <param name="cancellationToken">Gives up between two tokens.</param>
    /// <exception cref="RefluxException">prompt-too-long: a prompt leaves no room for an answer.</exception>
    /// <exception cref="OperationCanceledException">Between two tokens.</exception>
    public static IReadOnlyList<int[]> Generate(
        CausalDecoder decoder,
        IReadOnlyList<int[]> prompts,
        int maxTokens,
        IReadOnlyList<int> stopTokenIds,
        ChooseTokens choose,
        CancellationToken cancellationToken)
    {
        HashSet<int> stops = [.. stopTokenIds];
        return Run(decoder, prompts, maxTokens, choose, (_, token) => stops.Contains(token), cancellationToken);
    }

    /// <summary>Answers every prompt as the options say, and ends an answer at the model's stop tokens as well.</summary>
    /// <param name="model">Only read.</param>
    /// <param name="prompts">At least one token each.</param>
    /// <param name="options">Sampling, limits, stop texts, log-probabilities.</param>
    /// <param name="cancellationToken">Gives up between two tokens.</param>
    /// <param name="written">Gets the index of a prompt and what its answer's text has grown by, as soon as that can't become part of a stop text.</param>
    /// <returns>One answer a prompt, in order.</returns>
    /// <exception cref="RefluxException">prompt-too-long, or option-out-of-range.</exception>
    public static IReadOnlyList<GeneratedAnswer> Generate(
        LanguageModel model,
        IReadOnlyList<GenerationPrompt> prompts,
        GenerationOptions options,
        CancellationToken cancellationToken,
        Action<int, string>? written = null) =>
        Generate(model.Decoder, model.Tokenizer, model.StopTokenIds, prompts, options, cancellationToken, written);

    /// <inheritdoc cref="Generate(LanguageModel, IReadOnlyList{GenerationPrompt}, GenerationOptions, CancellationToken, Action{int, string})"/>
    internal static IReadOnlyList<GeneratedAnswer> Generate(
        CausalDecoder decoder,
        Tokenizer tokenizer,
        IReadOnlyList<int> stopTokenIds,
        IReadOnlyList<GenerationPrompt> prompts,
        GenerationOptions options,
        CancellationToken cancellationToken,
        Action<int, string>? written = null)
    {
        options.Check();
        HashSet<int> stops = [.. stopTokenIds];
        AnswerDraft[] drafts = [.. prompts.Select((prompt, index) => new AnswerDraft(prompt, options, tokenizer, written is null ? null : text => written(index, text)))];
        IReadOnlyList<int[]> answers = Run(decoder, [.. prompts.Select(prompt => prompt.Tokens)], options.MaxTokens, Choose, Ends, cancellationToken);
        return [.. drafts.Zip(answers, (draft, answer) => draft.Complete(answer, answer.Length == options.MaxTokens))];

        Tensor Choose(Tensor logits, ReadOnlySpan<int> rows, int step)
        {
            DrawKey[] keys = new DrawKey[rows.Length];
            for (int i = 0; i < rows.Length; i++)
            {
                keys[i] = drafts[rows[i]].KeyAt(step);
            }

            Tensor tokens = TokenSampler.Choose(logits, options.Sampling, keys);
            if (options.LogProbabilities is { } top)
            {
                PositionScores[] scores = Score(logits, tokens, Math.Min(top, decoder.TokenCount));
                for (int i = 0; i < rows.Length; i++)
                {
                    drafts[rows[i]].Scores.Add(scores[i]);
                }
            }

            return tokens;
        }

        bool Ends(int row, int token) => drafts[row].Ends(token, stops.Contains(token));
    }

    /// <summary>The most probable token; of equals the one that libtorch's argmax names.</summary>
    public static Tensor Greedy(Tensor logits, ReadOnlySpan<int> rows, int step) => logits.argmax(-1);

    private static IReadOnlyList<int[]> Run(
        CausalDecoder decoder, IReadOnlyList<int[]> prompts, int maxTokens, ChooseTokens choose, Func<int, int, bool> ends, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxTokens, 1);
        CheckPrompts(decoder.Config, prompts);
        if (prompts.Count == 0)
        {
            return [];
        }

        using var scope = NewDisposeScope();
        using IDisposable gradients = inference_mode();
        using GenerationBatch batch = new(decoder, prompts, maxTokens);
        for (int step = 0; batch.Live.Count > 0; step++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            using var stepScope = NewDisposeScope();
            Tensor logits = batch.NextLogits();
            int[] rows = [.. batch.Live.Select(row => row.Index)];
            long[] tokens = choose(logits, rows, step).cpu().data<long>().ToArray();
            if (tokens.Any(token => token < 0 || token >= logits.size(1)))
            {
                throw new RefluxException(ErrorCodes.ModelInvalid, "The model's logits are not finite numbers.", "Check its weights: a NaN or an infinity in them spoils every answer.");
            }

            batch.Append(tokens, (row, token) => ends(row.Index, token));
        }

        return [.. batch.Rows.Select(row => row.Answer.ToArray())];
    }

    private static PositionScores[] Score(Tensor logits, Tensor tokens, int top)
    {
        using var scope = NewDisposeScope();
        Tensor logProbabilities = logits.log_softmax(-1);
        long[] chosen = tokens.cpu().data<long>().ToArray();
        double[] chosenScores = ToArray(logProbabilities.gather(1, tokens.unsqueeze(1)));
        (Tensor values, Tensor indices) = logProbabilities.topk(Math.Max(1, top));
        double[] topScores = ToArray(values);
        long[] topTokens = indices.contiguous().cpu().data<long>().ToArray();
        int width = topTokens.Length / chosen.Length;
        return
        [
            .. chosen.Select((token, row) => new PositionScores(
                new TokenScore((int)token, chosenScores[row]),
                [.. Enumerable.Range(row * width, top).Select(i => new TokenScore((int)topTokens[i], topScores[i]))])),
        ];
    }

    private static double[] ToArray(Tensor values) => values.to_type(ScalarType.Float64).contiguous().cpu().data<double>().ToArray();

    private static void CheckPrompts(ModelConfig config, IReadOnlyList<int[]> prompts)
    {
        foreach (int[] prompt in prompts)
        {
            if (prompt.Length == 0)
            {
                throw new ArgumentException("A prompt has no tokens.", nameof(prompts));
            }

            if (prompt.Length > config.MaxPositions - 1)
            {
                throw new RefluxException(
                    ErrorCodes.PromptTooLong,
                    $"A prompt has {prompt.Length} tokens; this model takes at most {config.MaxPositions - 1}, so that an answer has room.",
                    "Shorten the prompt, or use a model with a longer context.");
            }
        }
    }
}
