using Reflux.Distillation.Records;
using Reflux.Streaming;

namespace Reflux.Silo.Teaching;

/// <summary>Writes dead letters to their topic.</summary>
internal sealed class DeadLetterWriter(ILogConnection connection, ILogWriter writer)
{
    /// <summary>Completes when the broker has the letter.</summary>
    public async Task WriteAsync(DeadLetter letter, CancellationToken cancellation)
    {
        var log = await connection.LogIdAsync(Topics.DeadLetters, 0, cancellation);
        await writer.AppendAsync(Topics.DeadLetters, 0, (letter with { LogTopic = log.Topic }).Encode(), cancellation);
    }
}
