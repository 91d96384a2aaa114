using FsCheck;
using FsCheck.Fluent;
using Reflux.Distillation.Records;
using Xunit.Abstractions;

namespace Reflux.Distillation.Tests.Records;

public class LabelRecordCodecTests(ITestOutputHelper output)
{
    [Fact]
    public void AnyRecordComesBackAsItWas() =>
        Prop.ForAll(Gen.Choose(0, int.MaxValue).Select(seed => SampleRecords.Record(new Random(seed))).ToArbitrary(), record =>
        {
            SampleRecords.AssertEqual(record, LabelRecordCodec.Decode(LabelRecordCodec.Encode(record)));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void EncodedSizeIsNeverLessThanTheBytesWritten() =>
        Prop.ForAll(Gen.Choose(0, int.MaxValue).Select(seed => SampleRecords.Record(new Random(seed))).ToArbitrary(), record =>
        {
            var promised = LabelRecordCodec.EnvelopeSize + record.Sequences.Sum(LabelRecordCodec.EncodedSize);
            Assert.InRange(LabelRecordCodec.Encode(record).Length, promised - LabelRecordCodec.EnvelopeSize - (20 * record.Sequences.Count), promised);
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(false, 50)]
    [InlineData(true, 80)]
    public void BytesPerLabelledToken(bool holdout, double most)
    {
        var random = new Random(7);
        var sequences = Enumerable.Range(0, 32).Select(_ => SampleRecords.Sequence(random, 50, 2048, 40, 50, holdout)).ToArray();
        var record = SampleRecords.Record(random, 50, sequences);
        var positions = sequences.Sum(sequence => sequence.LabelledTokens);

        var bytesPerToken = (double)LabelRecordCodec.Encode(record).Length / positions;

        output.WriteLine(FormattableString.Invariant(
            $"{bytesPerToken:F1} bytes a labelled token, prompts included, {sequences.Sum(s => s.Labels.Ids.Length) / (double)positions:F1} distinct ids of 50 draws, V = 2048, holdout: {holdout}"));
        Assert.InRange(bytesPerToken, 20, most);
    }

    [Fact]
    public void IdsOutsideAKnownVocabularyAreNamed()
    {
        var random = new Random(3);
        var bytes = LabelRecordCodec.Encode(SampleRecords.Record(random, 5, SampleRecords.Sequence(random, 5, 2048, 4, 4, holdout: false)));

        var error = Assert.Throws<DecodeException>(() => LabelRecordCodec.Decode(bytes, vocabulary: 10));

        Assert.Equal(DeadLetterReason.InvalidLabels, error.Reason);
        Assert.StartsWith("sequences[0].tokens[", error.Field, StringComparison.Ordinal);
    }

    // one holdout position with two ids; the fields end with: 2 | gap gap | count count | H H | ln p ln p | ln p ln p
    [Theory]
    [InlineData(11, new byte[] { 0 }, "distinct ids")]
    [InlineData(11, new byte[] { 9 }, "distinct ids")]
    [InlineData(8, new byte[] { 1 }, "labels[0].counts")]
    [InlineData(8, new byte[] { 9 }, "counts")]
    [InlineData(8, new byte[] { 0 }, "counts")]
    [InlineData(8, new byte[] { 0x80, 0 }, "counts")]
    [InlineData(6, new byte[] { 0x00, 0x7C }, "labels[0].entropy")]
    [InlineData(6, new byte[] { 0x00, 0xBC }, "labels[0].entropy")]
    [InlineData(6, new byte[] { 0x00, 0x7E }, "labels[0].entropy")]
    [InlineData(4, new byte[] { 0x00, 0x7E }, "labels[0].ln p[0]")]
    [InlineData(4, new byte[] { 0x00, 0xFC }, "labels[0].ln p[0]")]
    [InlineData(2, new byte[] { 0x00, 0x3C }, "labels[0].ln p[1]")]
    [InlineData(4, new byte[] { 0x00, 0x80, 0x00, 0x80 }, "labels[0].ln p")]
    public void EveryFieldIsChecked(int fromEnd, byte[] bytes, string field)
    {
        var error = Assert.Throws<DecodeException>(() => LabelRecordCodec.Decode(RecordBytes.Patch(Smallest(holdout: true), fromEnd, bytes)));
        Assert.Equal("sequences[0]." + field, error.Field);
    }

    [Fact]
    public void MassWithinTheRoundingOfHalfPrecisionIsAccepted()
    {
        // ln 0.2 rounds upwards in fp16, so that five fifths exceed 1 by 6e-5
        var random = new Random(1);
        var logProbabilities = Enumerable.Repeat((Half)Math.Log(0.2), 5).ToArray();
        var sequence = SampleRecords.Sequence(random, 5, 100, 2, 1, holdout: true) with
        {
            Labels = new SampledLabels([0, 5], [1, 2, 3, 4, 5], [1, 1, 1, 1, 1], [(Half)Math.Log(5)], logProbabilities),
        };

        var decoded = LabelRecordCodec.Decode(LabelRecordCodec.Encode(SampleRecords.Record(random, 5, sequence)));

        Assert.True(((SampledLabels)decoded.Sequences[0].Labels).LogProbabilities.ToArray().Sum(value => Math.Exp((double)value)) > 1.00005);
    }

    [Fact]
    public void BytesAfterTheLastFieldAreRefused()
    {
        byte[] longer = [.. Smallest(holdout: false), 0];
        Assert.Equal("length", Assert.Throws<DecodeException>(() => LabelRecordCodec.Decode(RecordBytes.Seal(longer))).Field);
    }

    [Fact]
    public void WriterRefusesWhatTheReaderWould()
    {
        var record = LabelRecordCodec.Decode(Smallest(holdout: false));
        var sequence = record.Sequences[0];

        Assert.Throws<ArgumentException>(() => LabelRecordCodec.Encode(record with { Sequences = [sequence with { Holdout = true }] }));
        Assert.Throws<ArgumentException>(() => LabelRecordCodec.Encode(record with { Sequences = [sequence with { PromptLength = 1 }] }));
        Assert.Throws<ArgumentException>(() => LabelRecordCodec.Encode(record with { Labels = record.Labels with { Size = 5 } }));
        Assert.Throws<ArgumentException>(() => LabelRecordCodec.Encode(record with { Labels = record.Labels with { Temperature = double.NaN } }));
    }

    private static byte[] Smallest(bool holdout)
    {
        var random = new Random(1);
        var sequence = SampleRecords.Sequence(random, 4, 100, 2, 1, holdout) with
        {
            Labels = new SampledLabels(
                [0, 2],
                [3, 90],
                [2, 2],
                [(Half)Math.Log(2)],
                holdout ? [(Half)Math.Log(0.5), (Half)Math.Log(0.5)] : null),
        };
        return LabelRecordCodec.Encode(SampleRecords.Record(random, 4, sequence));
    }
}
