using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Reflux.Contracts.Errors;
using Reflux.Contracts.Identity;
using Reflux.Distillation.Compute;
using Reflux.Distillation.Records;
using Reflux.Distillation.Teaching;

namespace Reflux.Silo.Teaching;

/// <summary>
/// One lane's teacher at work: takes the prompts that wait, answers them together on the compute thread, and sends the soft labels off in
/// records that are full or a second old. A prompt that can't be labelled is set aside and stops nobody.
/// </summary>
internal sealed class LaneLabeller(
    ITeacherEngine engine, int batchSize, ICompute compute, LabelRecordBuffer labels, DeadLetterWriter deadLetters, TimeProvider time, ILogger<LaneLabeller> logger) : IAsyncDisposable
{
    private static readonly TimeSpan Linger = TimeSpan.FromSeconds(1);

    // a batch costs little more than a single prompt, so a little patience multiplies the throughput
    private static readonly TimeSpan Gather = TimeSpan.FromMilliseconds(500);

    private readonly BatchAnswering _answering = new(engine, compute, logger);

    /// <summary>Runs until cancelled. <paramref name="acknowledge"/> is called for a prompt once its label or dead letter is durable.</summary>
    public async Task RunAsync(ChannelReader<WaitingPrompt> prompts, Action<Position> acknowledge, CancellationToken cancellation)
    {
        while (true)
        {
            var batch = await TakeAsync(prompts, acknowledge, cancellation);
            if (batch.Count > 0)
            {
                var answered = await _answering.AnswerAsync([.. batch.Select(taken => taken.Prompt)], cancellation);
                await labels.AddAsync(await SetUnusableAsideAsync(batch, answered, acknowledge, cancellation), acknowledge, cancellation);
            }

            if (labels.Age >= Linger)
            {
                await labels.FlushAsync(acknowledge, cancellation);
            }
        }
    }

    public ValueTask DisposeAsync()
    {
        engine.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>What comes within a moment, at most a batch; where nothing comes, waits, but not longer than the buffered labels may linger.</summary>
    private async Task<List<(WaitingPrompt Waiting, TeacherPrompt Prompt)>> TakeAsync(ChannelReader<WaitingPrompt> prompts, Action<Position> acknowledge, CancellationToken cancellation)
    {
        if (labels.IsEmpty)
        {
            await prompts.WaitToReadAsync(cancellation);
        }
        else
        {
            await WaitAtMostAsync(prompts, Linger - labels.Age, cancellation);
        }

        var batch = new List<(WaitingPrompt Waiting, TeacherPrompt Prompt)>(batchSize);
        var since = time.GetTimestamp();
        while (batch.Count < batchSize && prompts.TryRead(out var waiting))
        {
            if (await TokenizeAsync(waiting, acknowledge, cancellation) is { } prompt)
            {
                batch.Add((waiting, prompt));
            }

            if (prompts.Count == 0 && batch.Count < batchSize)
            {
                await WaitAtMostAsync(prompts, Gather - time.GetElapsedTime(since), cancellation);
            }
        }

        return batch;
    }

    private async Task WaitAtMostAsync(ChannelReader<WaitingPrompt> prompts, TimeSpan longest, CancellationToken cancellation)
    {
        using var timeout = new CancellationTokenSource(longest > TimeSpan.Zero ? longest : TimeSpan.Zero, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, timeout.Token);
        try
        {
            await prompts.WaitToReadAsync(either.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            // the labels have lingered long enough
        }
    }

    private async Task<TeacherPrompt?> TokenizeAsync(WaitingPrompt waiting, Action<Position> acknowledge, CancellationToken cancellation)
    {
        var reason = DeadLetterReason.TeacherFailed;
        try
        {
            if (_answering.Tokenize(waiting) is { } tokens)
            {
                return new TeacherPrompt(waiting.Prompt.PromptId, waiting.Prompt.Keyed, waiting.Position, tokens);
            }
        }
        catch (RefluxException error) when (error.Code == ErrorCodes.PromptTooLong)
        {
            reason = DeadLetterReason.PromptTooLong;
        }

        await SetAsideAsync(waiting, reason, acknowledge, cancellation);
        return null;
    }

    /// <summary>What the model fails on, and an answer that fits no record, can't be sent: it must not stop the lane.</summary>
    private async Task<IReadOnlyList<LabelledSequence>> SetUnusableAsideAsync(
        List<(WaitingPrompt Waiting, TeacherPrompt Prompt)> batch, IReadOnlyList<LabelledSequence?> answered, Action<Position> acknowledge, CancellationToken cancellation)
    {
        var usable = new List<LabelledSequence>(answered.Count);
        foreach (var ((waiting, _), sequence) in batch.Zip(answered))
        {
            if (sequence is not null && labels.Fits(sequence))
            {
                usable.Add(sequence);
                continue;
            }

            await SetAsideAsync(waiting, sequence is null ? DeadLetterReason.TeacherFailed : DeadLetterReason.LabelsTooLarge, acknowledge, cancellation);
        }

        return usable;
    }

    private async Task SetAsideAsync(WaitingPrompt waiting, DeadLetterReason reason, Action<Position> acknowledge, CancellationToken cancellation)
    {
        await deadLetters.WriteAsync(new DeadLetter(reason, waiting.Position, waiting.Original), cancellation);
        acknowledge(waiting.Position);
    }
}
