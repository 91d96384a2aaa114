using Reflux.Contracts.Errors;
using Reflux.Contracts.Http;
using Reflux.Contracts.Identity;
using Reflux.Distillation.Records;
using Reflux.Silo.Definitions;
using Reflux.Silo.Options;
using Reflux.Streaming;

namespace Reflux.Silo.DeadLetters;

/// <summary>The dead letters topic, for those who look after it.</summary>
internal sealed class DeadLetterBox(LogConnection connection, LogWriter writer, IDefinitionCatalog catalog, HttpSettings settings, TimeProvider time)
{
    /// <summary>Most that one answer lists.</summary>
    public const int LongestList = 1000;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>From an offset on, or from the oldest that the log holds.</summary>
    /// <exception cref="RefluxException"><c>timeout</c>.</exception>
    public Task<DeadLetterList> ListAsync(long? from, int limit, CancellationToken cancellationToken) =>
        InTimeAsync(linked => ReadListAsync(from, limit, linked), cancellationToken);

    private async Task<DeadLetterList> ReadListAsync(long? from, int limit, CancellationToken cancellationToken)
    {
        var (low, end) = await connection.BoundsAsync(Topics.DeadLetters, 0, cancellationToken);
        var first = Math.Clamp(from ?? low, low, end);
        var last = Math.Min(end, first + limit);
        var items = new List<DeadLetterSummary>();
        if (first < last)
        {
            await using var reader = await OpenAsync(first, cancellationToken);
            for (var offset = first; offset < last;)
            {
                var record = await reader.ReadAsync(cancellationToken);
                offset = record.Position.Offset + 1;
                if (!record.IsMark)
                {
                    items.Add(OpenedLetter.Of(record).Summary);
                }
            }
        }

        return new DeadLetterList(items, last < end ? last : null);
    }

    /// <exception cref="RefluxException"><c>dead-letter-not-found</c>, <c>timeout</c>.</exception>
    public async Task<DeadLetterDetails> ShowAsync(long offset, bool reveal, CancellationToken cancellationToken)
    {
        var opened = await InTimeAsync(linked => FindAsync(offset, linked), cancellationToken);
        return new DeadLetterDetails
        {
            Letter = opened.Summary,
            LaneId = opened.Prompt?.LaneId ?? opened.Labels?.LaneId,
            Prompts = opened.Prompt is { } prompt ? [prompt.PromptId] : [.. (opened.Labels?.Sequences ?? []).Select(sequence => sequence.PromptId)],
            Text = reveal ? opened.Prompt?.Text : null,
            Original = reveal ? opened.Letter?.Original : null,
        };
    }

    /// <summary>Sends a prompt or a label record to its topic once more. Ids stay, so that whatever took effect before is dropped as a duplicate.</summary>
    /// <param name="offset">Which one.</param>
    /// <param name="force">Also where it would end the same way unless the lane's teacher or its students are others by now.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="RefluxException"><c>dead-letter-not-found</c>, <c>dead-letter-final</c>, <c>lane-not-found</c>, <c>back-pressure</c>, <c>timeout</c>.</exception>
    public async Task<DeadLetterRetried> RetryAsync(long offset, bool force, CancellationToken cancellationToken)
    {
        var opened = await InTimeAsync(linked => FindAsync(offset, linked), cancellationToken);
        if (opened.Letter?.Original is [])
        {
            throw new RefluxException(
                ErrorCodes.DeadLetterFinal, $"dead letter {offset} only names its record, which is too large to be set aside: it stands at {opened.Summary.Source}", "Send the prompt anew where it is still wanted.");
        }

        if (!opened.Summary.Retriable && !(force && opened.Stubborn))
        {
            throw opened.Stubborn
                ? new RefluxException(
                    ErrorCodes.DeadLetterFinal,
                    $"dead letter {offset} ({opened.Summary.Reason}) would end the same way again unless the lane's teacher or its students are others by now",
                    $"Where they are, send it with `reflux deadletters retry {offset} --force`.")
                : new RefluxException(
                    ErrorCodes.DeadLetterFinal, $"dead letter {offset} ({opened.Summary.Reason}) would end the same way again", "Send the prompt anew where it is still wanted.");
        }

        var (topic, partition, bytes) = opened.Prompt is { } prompt ? Again(prompt) : Again(opened.Labels!);
        var position = await writer.AppendAsync(topic, partition, bytes, TimeSpan.FromSeconds(settings.BackPressureSeconds), cancellationToken);
        return new DeadLetterRetried(topic, position);
    }

    private (string Topic, int Partition, byte[] Bytes) Again(PromptRecord prompt)
    {
        LanePartition(prompt.LaneId);
        var partition = (int)(prompt.PromptId.Value % (uint)connection.PartitionCount(Topics.Prompts));
        // keyed from now on: two retries have two positions, and only by its id the second is known as a duplicate
        var again = prompt with { LogTopic = connection.KnownLogId(Topics.Prompts, partition).Topic, Keyed = true };
        return (Topics.Prompts, partition, again.Encode());
    }

    private (string Topic, int Partition, byte[] Bytes) Again(LabelRecord labels)
    {
        var partition = LanePartition(labels.LaneId);
        return (Topics.Labels, partition, LabelRecordCodec.Encode(labels with { LogTopic = connection.KnownLogId(Topics.Labels, partition).Topic }));
    }

    private int LanePartition(Guid lane) => catalog.Find(lane)?.Lane?.LabelPartition
        ?? throw new RefluxException(ErrorCodes.LaneNotFound, $"lane {lane} of this dead letter does not exist any more", "Send the prompt to another lane where it is still wanted.");

    /// <summary>A broker that does not answer, or a log that lost what it named, must not hold a request for good.</summary>
    private async Task<T> InTimeAsync<T>(Func<CancellationToken, Task<T>> read, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        try
        {
            return await read(either.Token);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new RefluxException(ErrorCodes.Timeout, $"the dead letters could not be read within {Patience.TotalSeconds:0} s", "Look whether the broker answers, then try again.");
        }
    }

    private async Task<OpenedLetter> FindAsync(long offset, CancellationToken cancellationToken)
    {
        var (low, end) = await connection.BoundsAsync(Topics.DeadLetters, 0, cancellationToken);
        if (offset < low || offset >= end)
        {
            throw new RefluxException(ErrorCodes.DeadLetterNotFound, $"there is no dead letter {offset}; the log holds {low} to {end - 1}", "List them with `reflux deadletters list`.");
        }

        await using var reader = await OpenAsync(offset, cancellationToken);
        return OpenedLetter.Of(await reader.ReadAsync(cancellationToken));
    }

    private Task<LogReader> OpenAsync(long offset, CancellationToken cancellationToken) =>
        LogReader.OpenAsync(connection, Topics.DeadLetters, 0, new Position(connection.KnownLogId(Topics.DeadLetters, 0), offset), cancellationToken);
}
