using Reflux.Contracts.Snapshots;
using Reflux.Distillation.Compute;
using Reflux.Distillation.Evaluation;
using Reflux.Distillation.Records;
using Reflux.Models;
using static TorchSharp.torch;

namespace Reflux.Distillation.Snapshots;

/// <summary>Measures a loaded model in work items short enough that a teacher and a trainer on the same device go on between them.</summary>
/// <param name="compute">The device's thread.</param>
/// <param name="temperature">T of the lane's labels.</param>
internal sealed class SnapshotProbe(ICompute compute, double temperature)
{
    /// <summary>Prompts of a greedy check.</summary>
    public const int GreedyPrompts = 32;

    // between two of its items an evaluation waits for an item of each other queue, so its own should be about as long as theirs
    private const int GreedyPromptsAnItem = 16;

    /// <summary>α̂ and KL̂ on holdout sequences; null without any.</summary>
    public async Task<AcceptanceReport?> AcceptanceAsync(LanguageModel model, IReadOnlyList<LabelledSequence> holdout, CancellationToken cancellationToken)
    {
        if (holdout.Count == 0)
        {
            return null;
        }

        var measurement = new AcceptanceMeasurement(model.Decoder, holdout, temperature);
        for (var batch = 0; batch < measurement.Batches; batch++)
        {
            var current = batch;
            await compute.RunAsync(ComputeQueue.Evaluator, () => measurement.Run(current), cancellationToken);
        }

        return measurement.Report();
    }

    /// <summary>Records what the model says greedily after each prompt.</summary>
    public async Task<GreedyCheck> RecordGreedyAsync(LanguageModel model, IReadOnlyList<int[]> prompts, CancellationToken cancellationToken)
    {
        var parts = new List<GreedyCheck>();
        foreach (var some in prompts.Chunk(GreedyPromptsAnItem))
        {
            parts.Add(await compute.RunAsync(
                ComputeQueue.Evaluator, () => GreedyChecker.Record(model.Decoder, some, model.StopTokenIds), cancellationToken));
        }

        return new GreedyCheck(compute.Threads, GreedyChecker.DefaultMaxTokens, [.. parts.SelectMany(part => part.Cases)]);
    }

    /// <summary>Where the model departs from a recorded check; empty where it reproduces it.</summary>
    public async Task<IReadOnlyList<string>> VerifyGreedyAsync(LanguageModel model, GreedyCheck check, CancellationToken cancellationToken)
    {
        var differences = new List<string>();
        foreach (var recorded in check.Cases.Chunk(GreedyPromptsAnItem))
        {
            differences.AddRange(await compute.RunAsync(
                ComputeQueue.Evaluator, () => GreedyChecker.Verify(model.Decoder, check with { Cases = recorded }, model.StopTokenIds), cancellationToken));
        }

        return differences;
    }

    /// <summary>Names of the tensors that hold NaN or infinity.</summary>
    public Task<IReadOnlyList<string>> NonFiniteAsync(IReadOnlyDictionary<string, Tensor> weights, CancellationToken cancellationToken) =>
        compute.RunAsync<IReadOnlyList<string>>(
            ComputeQueue.Evaluator,
            () =>
            {
                using var scope = NewDisposeScope();
                using var noGrad = no_grad();
                return [.. weights.Where(weight => !weight.Value.isfinite().all().item<bool>()).Select(weight => weight.Key)];
            },
            cancellationToken);

    /// <summary>
    /// The newest distinct holdout prompts, made up to <see cref="GreedyPrompts"/> with prompts of our own while the holdout is young.
    /// </summary>
    public static IReadOnlyList<int[]> ChooseGreedyPrompts(LanguageModel model, IReadOnlyList<LabelledSequence> holdout)
    {
        var longest = model.Config.MaxPositions - 1;
        var prompts = holdout
            .Reverse()
            .DistinctBy(sequence => sequence.PromptId)
            .Select(sequence => sequence.Tokens[..sequence.PromptLength])
            .Where(prompt => prompt.Length <= longest)
            .Take(GreedyPrompts)
            .ToList();
        for (var i = 0; prompts.Count < GreedyPrompts; i++)
        {
            var prompt = model.Template.Encode(model.Tokenizer, $"{i}");
            prompts.Add(prompt.Length <= longest ? prompt : prompt[..longest]);
        }

        return prompts;
    }
}
