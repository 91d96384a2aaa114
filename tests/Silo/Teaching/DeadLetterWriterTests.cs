using Reflux.Contracts.Errors;
using Reflux.Contracts.Identity;
using Reflux.Distillation.Records;
using Reflux.Silo.Tests.Support;

namespace Reflux.Silo.Tests.Teaching;

public sealed class DeadLetterWriterTests
{
    private const int Limit = 20_000;

    [Fact]
    public async Task A_record_as_large_as_the_broker_takes_is_named_where_its_letter_would_be_larger()
    {
        await using var site = await LogSite.OpenAsync(maxRecordBytes: Limit);
        var (largest, source) = await LargestAsync(site);

        await site.DeadLetters.WriteAsync(new DeadLetter(DeadLetterReason.Malformed, source, new byte[largest]), site.Limit);
        await site.DeadLetters.WriteAsync(new DeadLetter(DeadLetterReason.Malformed, source, new byte[largest - 100]), site.Limit);

        var letters = await site.DeadLettersAsync(2);
        Assert.All(letters, letter => Assert.Equal((DeadLetterReason.Malformed, source), (letter.Reason, letter.Source)));
        Assert.Equal([0, largest - 100], letters.Select(letter => letter.Original.Length));
    }

    /// <summary>The largest record that the broker takes, and where it stands: the client's own bytes around it count too.</summary>
    private static async Task<(int Bytes, Position Source)> LargestAsync(LogSite site)
    {
        for (var bytes = Limit; ; bytes--)
        {
            try
            {
                return (bytes, await site.AppendPromptAsync(new byte[bytes]));
            }
            catch (RefluxException large) when (large.Code == ErrorCodes.RecordTooLarge)
            {
            }
        }
    }
}
