using Reflux.Contracts.Errors;
using Reflux.Distillation.Records;
using Reflux.Streaming;

namespace Reflux.Silo.Teaching;

/// <summary>Writes dead letters to their topic.</summary>
internal sealed class DeadLetterWriter(ILogConnection connection, ILogWriter writer)
{
    /// <summary>
    /// Completes when the broker has the letter. Where the original is so large that no letter with it fits into a record, the letter only names it: nobody may
    /// stand still before what can't be used, and the bytes stay at their place for as long as that topic keeps them.
    /// </summary>
    public async Task WriteAsync(DeadLetter letter, CancellationToken cancellation)
    {
        var log = await connection.LogIdAsync(Topics.DeadLetters, 0, cancellation);
        letter = letter with { LogTopic = log.Topic };
        try
        {
            await writer.AppendAsync(Topics.DeadLetters, 0, letter.Encode(), cancellation);
        }
        catch (RefluxException large) when (large.Code == ErrorCodes.RecordTooLarge && letter.Original.Length > 0)
        {
            await writer.AppendAsync(Topics.DeadLetters, 0, (letter with { Original = [] }).Encode(), cancellation);
        }
    }
}
