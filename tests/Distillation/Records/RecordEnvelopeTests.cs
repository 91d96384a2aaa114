using System.Text;
using Reflux.Contracts.Identity;
using Reflux.Distillation.Records;

namespace Reflux.Distillation.Tests.Records;

public class RecordEnvelopeTests
{
    private static readonly PromptRecord Prompt = new(SampleRecords.Topic, new Guid("0f0e0d0c-0b0a-0908-0706-050403020100"), new Id128(42), Keyed: true, "Où est ma commande ? 📦");

    [Fact]
    public void ChecksumIsCrc32C() => Assert.Equal(0xE3069283u, RecordWriter.Checksum("123456789"u8));

    [Fact]
    public void PromptComesBackAsItWas() => Assert.Equal(Prompt, PromptRecord.Decode(Prompt.Encode()));

    [Fact]
    public void DeadLetterComesBackAsItWas()
    {
        var letter = new DeadLetter(DeadLetterReason.Stale, new Position(new LogId(SampleRecords.Topic, 3), 1L << 40), [1, 2, 3]) { LogTopic = Guid.NewGuid() };

        var read = DeadLetter.Decode(letter.Encode());

        Assert.Equal(letter.Original, read.Original);
        Assert.Equal(letter, read with { Original = letter.Original });
    }

    [Fact]
    public void EveryFlippedBitIsNoticed()
    {
        var record = Prompt.Encode();
        for (var bit = 0; bit < record.Length * 8; bit++)
        {
            var damaged = record.ToArray();
            damaged[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.Throws<DecodeException>(() => PromptRecord.Decode(damaged));
        }
    }

    [Fact]
    public void EveryTruncationIsNoticed()
    {
        var record = Prompt.Encode();
        for (var length = 0; length < record.Length; length++)
        {
            Assert.Throws<DecodeException>(() => PromptRecord.Decode(record.AsSpan(0, length)));
        }
    }

    [Fact]
    public void AnotherVersionIsNamed()
    {
        var record = Prompt.Encode();
        record[4] = 9;

        var error = Assert.Throws<DecodeException>(() => PromptRecord.Decode(RecordBytes.Seal(record)));

        Assert.Equal(DeadLetterReason.UnknownVersion, error.Reason);
        Assert.Equal("version", error.Field);
    }

    [Fact]
    public void AnotherKindOfRecordIsNotRead()
    {
        var error = Assert.Throws<DecodeException>(() => DeadLetter.Decode(Prompt.Encode()));
        Assert.Equal("magic", error.Field);
    }

    [Fact]
    public void InvalidTextIsRefusedAndNotRepeated()
    {
        var record = Prompt.Encode();
        var error = Assert.Throws<DecodeException>(() => PromptRecord.Decode(RecordBytes.Patch(record, 1, 0xC3)));

        Assert.Equal(DeadLetterReason.InvalidText, error.Reason);
        Assert.DoesNotContain("commande", error.ToString(), StringComparison.Ordinal);
        Assert.Throws<EncoderFallbackException>(() => (Prompt with { Text = "lone \uD83D surrogate" }).Encode());
    }

    [Fact]
    public void UndefinedReasonIsRefused()
    {
        var letter = new DeadLetter((DeadLetterReason)200, new Position(new LogId(SampleRecords.Topic, 0), 0), []).Encode();
        Assert.Equal("reason", Assert.Throws<DecodeException>(() => DeadLetter.Decode(letter)).Field);
    }
}
