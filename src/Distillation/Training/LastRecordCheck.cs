using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Reflux.Contracts.Errors;
using Reflux.Contracts.Identity;
using Reflux.Distillation.Checkpoints;

namespace Reflux.Distillation.Training;

/// <summary>
/// Compares the last record that a checkpoint consumed with what the log has in that place now. A log id names a history, but a broker that was restored from a copy, or lost its newest records in
/// a failover, has another history under the same id.
/// </summary>
internal sealed partial class LastRecordCheck(ILabelLogFactory logs, int partition, ILogger logger)
{
    /// <summary>Returns where it is the same record, or where neither broker nor archive has it any more.</summary>
    /// <exception cref="RefluxException">It is another one (log-rewritten).</exception>
    public async Task RunAsync(CheckpointDocument checkpoint, CancellationToken cancellationToken)
    {
        // the record before a place that was entered is not the one that was read last
        if (checkpoint is not { Next: { Offset: > 0 } next, LastRecordSha256.Length: > 0 } || checkpoint.Passages.Any(passage => passage.Entered == next))
        {
            return;
        }

        var last = next with { Offset = next.Offset - 1 };
        if (await ReadAsync(last, cancellationToken) is { } record && Convert.ToHexStringLower(SHA256.HashData(record.Value.Span)) != checkpoint.LastRecordSha256)
        {
            throw new RefluxException(
                ErrorCodes.LogRewritten,
                $"The record at {last} is another one than the student consumed there: the log has the same id and another history.",
                "Restore broker and archive from copies of the log that it was trained on, or fork the student from a position before the histories part: `reflux student fork`.");
        }
    }

    private async Task<LabelLogRecord?> ReadAsync(Position last, CancellationToken cancellationToken)
    {
        try
        {
            await using var log = await logs.OpenAsync(partition, last, cancellationToken);
            return await log.EndAsync(cancellationToken) > last.Offset ? await log.ReadAsync(cancellationToken) : null;
        }
        catch (RefluxException gone) when (LogGapException.MayBe(gone) || gone.Code == ErrorCodes.ArchiveDamaged)
        {
            LogNotCompared(last, gone.Message);
            return null;
        }
    }

    [LoggerMessage(LogLevel.Information, "the record at {Last}, the last one consumed, can't be compared with the checkpoint any more: {Why}")]
    private partial void LogNotCompared(Position last, string why);
}
