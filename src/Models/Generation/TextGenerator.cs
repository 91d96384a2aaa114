using Reflux.Contracts.Errors;
using Reflux.Models.Decoders;
using TorchSharp;
using static TorchSharp.torch;

namespace Reflux.Models.Generation;

/// <summary>Writes answers to a batch of prompts with a key-value cache; rows that are finished leave the batch.</summary>
public static class TextGenerator
{
    /// <summary>Answers every prompt; the token that stopped an answer is part of it, an answer cut by a limit has none.</summary>
    /// <param name="decoder">Its gradients stay untouched.</param>
    /// <param name="prompts">At least one token each.</param>
    /// <param name="maxTokens">The longest answer; the context length also ends one.</param>
    /// <param name="stopTokenIds">The tokens that end an answer.</param>
    /// <param name="choose">For example <see cref="Greedy"/>; it sees float32 logits of the unfinished rows only.</param>
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
        ArgumentOutOfRangeException.ThrowIfLessThan(maxTokens, 1);
        CheckPrompts(decoder.Config, prompts);
        if (prompts.Count == 0)
        {
            return [];
        }

        using var scope = NewDisposeScope();
        using IDisposable gradients = no_grad();
        using GenerationBatch batch = new(decoder, prompts, maxTokens, stopTokenIds);
        for (int step = 0; batch.HasLiveRows; step++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            using var stepScope = NewDisposeScope();
            Tensor logits = batch.NextLogits();
            batch.Append(choose(logits, batch.LivePrompts, step).data<long>().ToArray());
        }

        return batch.Answers;
    }

    /// <summary>The most probable token; of equals the one that libtorch's argmax names.</summary>
    public static Tensor Greedy(Tensor logits, ReadOnlySpan<int> rows, int step) => logits.argmax(-1);

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
