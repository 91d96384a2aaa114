using Reflux.Contracts.Errors;
using Reflux.Contracts.Http;
using Reflux.Contracts.Identity;
using Reflux.Contracts.Snapshots;
using Reflux.Distillation.Compute;
using Reflux.Distillation.Evaluation;
using Reflux.Distillation.Records;
using Reflux.Distillation.Training;
using Reflux.Models;

namespace Reflux.Distillation.Snapshots;

/// <summary>Measures staged or published snapshots on holdout sequences, and on demand against the teacher's greedy answers, which it keeps.</summary>
internal sealed class SnapshotEvaluator(TrainerContext context) : IDisposable
{
    private readonly SnapshotProbe _probe = new(context.Compute, context.LaneDefinition.Spec.Temperature);
    private readonly SemaphoreSlim _teacherGate = new(1);
    private readonly Dictionary<Id128, int[]> _teacherAnswers = [];
    private LanguageModel? _teacher;

    /// <summary>Answers an evaluation request.</summary>
    /// <param name="request">Which snapshot, and on which prompts.</param>
    /// <param name="holdout">The sequences that the student holds.</param>
    /// <param name="cancellationToken">Gives up between work items.</param>
    /// <exception cref="RefluxException">There is no such snapshot, or nothing to measure on.</exception>
    public async Task<EvaluationResult> EvaluateAsync(EvaluationRequest request, IReadOnlyList<LabelledSequence> holdout, CancellationToken cancellationToken)
    {
        var wanted = request.Prompts?.ToHashSet();
        LabelledSequence[] chosen = [.. holdout.Where(sequence => wanted is null || wanted.Contains(sequence.PromptId))];
        if (chosen.Length == 0)
        {
            throw new RefluxException(
                ErrorCodes.InvalidRequest, "None of the prompts asked for is in this student's holdout.", "Take prompt ids from the student's holdout list, or leave them out to measure on all.");
        }

        var manifest = await StoredSnapshot.ReadManifestAsync(context.Blobs, request.Manifest, cancellationToken);
        using var model = await StoredSnapshot.LoadAsync(context.Blobs, manifest.Files, context.Compute, cancellationToken);
        var acceptance = await _probe.AcceptanceAsync(model, chosen, cancellationToken);
        var (share, prompts) = request.ExactMatch ? await ExactMatchAsync(model, chosen, cancellationToken) : (null, 0);
        return new EvaluationResult(request.Manifest, manifest.Step, acceptance!, share, prompts);
    }

    public void Dispose()
    {
        _teacher?.Dispose();
        _teacherGate.Dispose();
    }

    private async Task<(double? Share, int Prompts)> ExactMatchAsync(LanguageModel student, LabelledSequence[] holdout, CancellationToken cancellationToken)
    {
        LabelledSequence[] prompts = [.. holdout.DistinctBy(sequence => sequence.PromptId)];
        var teacher = await TeacherAnswersAsync(prompts, cancellationToken);
        var answers = await AnswerAsync(student, prompts, cancellationToken);
        return (ExactMatch.Share(answers, teacher), prompts.Length);
    }

    private async Task<IReadOnlyList<int[]>> TeacherAnswersAsync(LabelledSequence[] prompts, CancellationToken cancellationToken)
    {
        await _teacherGate.WaitAsync(cancellationToken);
        try
        {
            LabelledSequence[] unknown = [.. prompts.Where(prompt => !_teacherAnswers.ContainsKey(prompt.PromptId))];
            if (unknown.Length > 0)
            {
                var answers = await AnswerAsync(await TeacherAsync(cancellationToken), unknown, cancellationToken);
                foreach (var (prompt, answer) in unknown.Zip(answers))
                {
                    _teacherAnswers[prompt.PromptId] = answer;
                }
            }

            int[][] known = [.. prompts.Select(prompt => _teacherAnswers[prompt.PromptId])];
            Forget(prompts);
            return known;
        }
        finally
        {
            _teacherGate.Release();
        }
    }

    /// <summary>Answers are kept for about as many prompts as a holdout window has.</summary>
    private void Forget(LabelledSequence[] inUse)
    {
        if (_teacherAnswers.Count > 4 * HoldoutWindow.Capacity)
        {
            var kept = inUse.Select(prompt => prompt.PromptId).ToHashSet();
            foreach (var id in _teacherAnswers.Keys.Where(id => !kept.Contains(id)).ToArray())
            {
                _teacherAnswers.Remove(id);
            }
        }
    }

    private async Task<LanguageModel> TeacherAsync(CancellationToken cancellationToken)
    {
        var directory = context.Teacher?.Teacher?.Spec.Model
            ?? throw new RefluxException(ErrorCodes.TeacherNotFound, "This lane has no teacher to compare greedy answers with.", "Create the lane's teacher first.");
        return _teacher ??= await context.Compute.RunAsync(
            ComputeQueue.Evaluator, () => LanguageModel.Load(directory, context.Compute.Device), cancellationToken);
    }

    private async Task<IReadOnlyList<int[]>> AnswerAsync(LanguageModel model, LabelledSequence[] prompts, CancellationToken cancellationToken)
    {
        var answers = new List<int[]>(prompts.Length);
        foreach (var batch in prompts.Chunk(ExactMatch.BatchSize))
        {
            int[][] tokens = [.. batch.Select(prompt => prompt.Tokens[..prompt.PromptLength])];
            answers.AddRange(await context.Compute.RunAsync(
                ComputeQueue.Evaluator,
                () => ExactMatch.GreedyAnswers(model.Decoder, tokens, context.LaneDefinition.Spec.MaxAnswerTokens, model.StopTokenIds, cancellationToken),
                cancellationToken));
        }

        return answers;
    }
}
