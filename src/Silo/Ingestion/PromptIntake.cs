using Reflux.Contracts.Definitions;
using Reflux.Contracts.Errors;
using Reflux.Contracts.Http;
using Reflux.Contracts.Identity;
using Reflux.Distillation.Records;
using Reflux.Silo.Options;
using Reflux.Streaming;

namespace Reflux.Silo.Ingestion;

/// <summary>Puts prompts on the log. They are accepted when the broker has acknowledged every one of them, and not before.</summary>
internal sealed class PromptIntake(ILogConnection connection, ILogWriter writer, PromptLimits limits, HttpSettings settings, IdSource ids)
{
    /// <summary>Most prompts in one request.</summary>
    public const int LongestBatch = 1024;

    private const int LongestKey = 200;

    /// <summary>A record's share beside its text, bytes, rounded up.</summary>
    private const int RecordOverhead = 256;

    /// <exception cref="RefluxException"><c>empty-batch</c>, <c>invalid-request</c>, <c>prompt-too-long</c>; <c>back-pressure</c> and <c>broker-unavailable</c> with what was accepted all the same.</exception>
    public async Task<PromptsAccepted> AcceptAsync(Definition lane, PromptsRequest request, CancellationToken cancellationToken)
    {
        Check(request);
        limits.Check(lane.Id, request.Prompts);
        var partitions = connection.PartitionCount(Topics.Prompts);
        var topic = connection.KnownLogId(Topics.Prompts, 0).Topic;
        var sent = request.Prompts.Select(prompt => AppendAsync(lane.Id, prompt, topic, partitions, cancellationToken)).ToList();
        await ((Task)Task.WhenAll(sent)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        return sent.Find(s => !s.IsCompletedSuccessfully) is { } failed
            ? throw await PartialFailureAsync(failed, sent)
            : new PromptsAccepted([.. sent.Select(s => s.Result)], connection.Durability);
    }

    private async Task<AcceptedPrompt> AppendAsync(Guid lane, PromptInput prompt, Guid topic, int partitions, CancellationToken cancellationToken)
    {
        var id = prompt.Key is { } key ? SequenceIdentity.PromptId(lane, key) : ids.NewId128();
        // a record that may stand twice has two positions: only as one with a key its second is known as a duplicate
        var record = new PromptRecord(topic, lane, id, Keyed: prompt.Key is not null || !connection.WritesOnce, prompt.Text);
        var partition = (int)(id.Value % (uint)partitions);
        var patience = TimeSpan.FromSeconds(settings.BackPressureSeconds);
        return new AcceptedPrompt(id, await writer.AppendAsync(Topics.Prompts, partition, record.Encode(), patience, cancellationToken));
    }

    private static async Task<Exception> PartialFailureAsync(Task<AcceptedPrompt> failed, List<Task<AcceptedPrompt>> sent)
    {
        try
        {
            await failed;
        }
        catch (RefluxException error)
        {
            var accepted = Enumerable.Range(0, sent.Count).Where(i => sent[i].IsCompletedSuccessfully).ToList();
            return new PartialBatchException(error, accepted, sent.Count);
        }

        throw new InvalidOperationException("the prompt that failed did not fail");
    }

    private static void Check(PromptsRequest request)
    {
        if (request.Prompts.Count == 0)
        {
            throw new RefluxException(ErrorCodes.EmptyBatch, "the request holds no prompts", "Send at least one.");
        }

        if (request.Prompts.Count > LongestBatch)
        {
            throw Invalid($"prompts: {request.Prompts.Count} are more than {LongestBatch}", "Send them in several requests.");
        }

        for (var i = 0; i < request.Prompts.Count; i++)
        {
            Check(i, request.Prompts[i]);
        }
    }

    private static void Check(int index, PromptInput? prompt)
    {
        if (prompt is null || prompt.Text.Length == 0)
        {
            throw Invalid($"prompts[{index}].text is empty", "Send the user's message.");
        }

        if (prompt.Key is { Length: 0 or > LongestKey })
        {
            throw Invalid($"prompts[{index}].key must have 1 to {LongestKey} characters", "Shorten it, or leave it out.");
        }

        var longest = LogWriter.MaxEmbeddedRecordBytes - RecordOverhead;
        if (System.Text.Encoding.UTF8.GetByteCount(prompt.Text) is var bytes && bytes > longest)
        {
            throw new RefluxException(ErrorCodes.PromptTooLong, $"prompts[{index}]: its text has {bytes} bytes, a record holds {longest}", "Shorten it.");
        }
    }

    private static RefluxException Invalid(string message, string remedy) => new(ErrorCodes.InvalidRequest, message, remedy);
}
