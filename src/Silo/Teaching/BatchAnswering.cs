using Microsoft.Extensions.Logging;
using Reflux.Contracts.Errors;
using Reflux.Contracts.Identity;
using Reflux.Distillation.Compute;
using Reflux.Distillation.Records;
using Reflux.Distillation.Teaching;

namespace Reflux.Silo.Teaching;

/// <summary>
/// Answers batches of prompts on the compute thread. Where the model fails it finds out whether that is one prompt's fault, which is then given up so that its neighbours are
/// labelled, or the model's own.
/// </summary>
internal sealed partial class BatchAnswering(ITeacherEngine engine, ICompute compute, ILogger logger)
{
    /// <summary>A prompt is given up when the model has failed on it so often, the batch counted that it came with.</summary>
    public const int Tries = 3;

    // a model that answers this and not the prompt is whole
    private const string Probe = "hello";

    /// <summary>Answers and labels a batch.</summary>
    /// <returns>One sequence a prompt, in order; null for a prompt that the model fails on although it answers others.</returns>
    /// <exception cref="Exception">The model's own, where it answers nothing at all: that is no prompt's fault.</exception>
    public async Task<IReadOnlyList<LabelledSequence?>> AnswerAsync(IReadOnlyList<TeacherPrompt> prompts, CancellationToken cancellation)
    {
        try
        {
            return await TogetherAsync(prompts, cancellation);
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            LogFailed(logger, prompts.Count, Describe(failure));
            var answers = new LabelledSequence?[prompts.Count];
            for (var i = 0; i < answers.Length; i++)
            {
                answers[i] = await AloneAsync(prompts[i], failures: 1, cancellation);
            }

            if (answers.All(answer => answer is null) && await AloneAsync(ProbePrompt(), failures: Tries - 1, cancellation) is null)
            {
                throw;
            }

            return answers;
        }
    }

    /// <summary>The prompt as token ids; null where the template refuses this text, which it would do every time. One that refuses every text is not loaded.</summary>
    /// <exception cref="RefluxException">It leaves no room for an answer (prompt-too-long).</exception>
    public int[]? Tokenize(WaitingPrompt waiting)
    {
        try
        {
            return engine.Tokenize(waiting.Prompt.Text);
        }
        catch (Exception failure) when (failure is not RefluxException { Code: ErrorCodes.PromptTooLong })
        {
            LogUntokenized(logger, waiting.Position, failure.GetType().Name);
            return null;
        }
    }

    private async Task<LabelledSequence?> AloneAsync(TeacherPrompt prompt, int failures, CancellationToken cancellation)
    {
        for (; failures < Tries; failures++)
        {
            try
            {
                return (await TogetherAsync([prompt], cancellation))[0];
            }
            catch (Exception failure) when (failure is not OperationCanceledException)
            {
                LogFailedAlone(logger, prompt.Position, Describe(failure));
            }
        }

        return null;
    }

    private Task<IReadOnlyList<LabelledSequence>> TogetherAsync(IReadOnlyList<TeacherPrompt> prompts, CancellationToken cancellation) =>
        compute.RunAsync(ComputeQueue.Teacher, () => engine.Answer(prompts, cancellation), cancellation);

    private TeacherPrompt ProbePrompt() => new(default, Keyed: false, default, engine.Tokenize(Probe));

    /// <summary>What may be said of a failure: a foreign message may quote what it could not handle.</summary>
    internal static string Describe(Exception failure) => failure is RefluxException refusal ? refusal.Message : failure.GetType().Name;

    [LoggerMessage(LogLevel.Warning, "the teacher failed on a batch of {Prompts}: {Failure}; each is tried alone")]
    private static partial void LogFailed(ILogger logger, int prompts, string failure);

    [LoggerMessage(LogLevel.Warning, "the teacher failed on the prompt at {Position} alone: {Failure}")]
    private static partial void LogFailedAlone(ILogger logger, Position position, string failure);

    [LoggerMessage(LogLevel.Warning, "the prompt at {Position} can't be tokenized: {Failure}")]
    private static partial void LogUntokenized(ILogger logger, Position position, string failure);
}
