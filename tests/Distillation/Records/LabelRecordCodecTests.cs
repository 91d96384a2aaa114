using FsCheck;
using FsCheck.Fluent;
using Reflux.Distillation.Records;

namespace Reflux.Distillation.Tests.Records;

public class LabelRecordCodecTests
{
    private static readonly LabelSpec Four = new(LabelKind.Sampled, 4, 1);

    private static Arbitrary<LabelRecord> Records => Gen.Choose(0, int.MaxValue).Select(seed => SampleRecords.Record(new Random(seed))).ToArbitrary();

    [Fact]
    public void AnyRecordComesBackAsItWas() => Prop.ForAll(Records, record =>
    {
        SampleRecords.AssertEqual(record, LabelRecordCodec.Decode(LabelRecordCodec.Encode(record)));
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void ReadingAndWritingAgainGivesTheSameBytes() => Prop.ForAll(Records, record =>
    {
        var bytes = LabelRecordCodec.Encode(record);
        Assert.Equal(bytes, LabelRecordCodec.Encode(LabelRecordCodec.Decode(bytes)));
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void TheTopicIsReadWithoutTheRest() => Prop.ForAll(Records, record =>
    {
        var bytes = LabelRecordCodec.Encode(record);
        Assert.Equal(record.LogTopic, LabelRecordCodec.LogTopicOf(bytes));
        Assert.Null(LabelRecordCodec.LogTopicOf(bytes.AsSpan(0, 20)));
        bytes[0] ^= 1;
        Assert.Null(LabelRecordCodec.LogTopicOf(bytes));
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void EncodedSizeIsNeverLessThanTheBytesWritten() => Prop.ForAll(Records, record =>
    {
        var promised = LabelRecordCodec.EnvelopeSize + record.Sequences.Sum(sequence => LabelRecordCodec.EncodedSize(sequence, record.Labels));
        Assert.InRange(LabelRecordCodec.Encode(record).Length, promised - LabelRecordCodec.EnvelopeSize - (20 * record.Sequences.Count), promised);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void EveryBitIsSpentOnSomePart() => Prop.ForAll(Records, record =>
    {
        var bytes = LabelRecordCodec.Encode(record);
        var (read, bits) = LabelRecordCodec.Measure(bytes);

        Assert.Equal(bytes.Length * 8, bits.Values.Sum());
        Assert.All(bits.Values, value => Assert.True(value >= 0));
        Assert.Equal(16 * read.Sequences.Sum(sequence => sequence.LabelledTokens), bits[RecordPart.Entropy]);
        Assert.Equal(read.Sequences.Sum(sequence => sequence.LossMask?.Length ?? 0), bits[RecordPart.LossMask]);
        Assert.True(bits[RecordPart.Envelope] > 8 * 200);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void LabelsInBuffersAreThoseOfTheRecordUntilTheNextOne()
    {
        var random = new Random(2);
        var records = Enumerable.Range(0, 20).Select(_ => SampleRecords.Record(random)).ToArray();
        var buffers = new LabelBuffers();
        SoftLabels? earlier = null;
        foreach (var record in records)
        {
            var read = LabelRecordCodec.Decode(LabelRecordCodec.Encode(record), buffers: buffers);
            SampleRecords.AssertEqual(record, read);
            Assert.Throws<ObjectDisposedException>(() => (earlier ?? throw new ObjectDisposedException("none")).Ids.Length);
            earlier = read.Sequences[0].Labels;
        }

        var copy = earlier!.Copy();
        LabelRecordCodec.Decode(LabelRecordCodec.Encode(records[0]), buffers: buffers);
        SampleRecords.AssertEqual(records[^1].Sequences[0].Labels, copy);
    }

    [Fact]
    public void DecodingIntoBuffersAllocatesNothingForEachPosition()
    {
        var random = new Random(2);
        var bytes = new[] { 100, 1000 }
            .Select(labelled => LabelRecordCodec.Encode(SampleRecords.Record(random, Four, SampleRecords.Sequence(random, Four, 2048, 4, labelled, holdout: true))))
            .ToArray();
        var buffers = new LabelBuffers();

        long Allocated(byte[] record)
        {
            for (var warm = 0; warm < 5; warm++)
            {
                LabelRecordCodec.Decode(record, buffers: buffers);
            }

            var before = GC.GetAllocatedBytesForCurrentThread();
            LabelRecordCodec.Decode(record, buffers: buffers);
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }

        // but for the tokens themselves, an int each
        Assert.Equal(900 * sizeof(int), Allocated(bytes[1]) - Allocated(bytes[0]));
    }

    [Theory]
    [InlineData(-1.0)]
    [InlineData(-0.7133)]
    [InlineData(-1e-4)]
    [InlineData(-40.2)]
    [InlineData(-0.001953)]
    public void MassesStayWithinAStepAndThenWhatTheyAre(double logProbability)
    {
        var random = new Random(1);
        var spec = new LabelSpec(LabelKind.TopK, 1, 1);
        var sequence = SampleRecords.Sequence(random, spec, 100, 2, 1, holdout: false) with
        {
            Labels = new TopKLabels([0, 1], [7], [(float)logProbability], [(float)Math.Log(-Math.Exp(logProbability) + 1)], [(Half)1]),
        };

        var first = LabelRecordCodec.Decode(LabelRecordCodec.Encode(SampleRecords.Record(random, spec, sequence)));
        var read = (TopKLabels)first.Sequences[0].Labels;
        var again = (TopKLabels)LabelRecordCodec.Decode(LabelRecordCodec.Encode(first)).Sequences[0].Labels;

        Assert.Equal(logProbability, read.LogProbabilities[0], LogProbabilityGrid.Step * 1.001);
        Assert.Equal(1, Math.Exp(read.LogProbabilities[0]) + Math.Exp(read.LogTailMass[0]), 1e-6);
        Assert.Equal(read.LogProbabilities, again.LogProbabilities);
        Assert.Equal(read.LogTailMass, again.LogTailMass);
    }

    [Fact]
    public void MassWithinTheRoundingOfHalfPrecisionIsAccepted()
    {
        // ln 0.2 rounds upwards in fp16, so that five fifths exceed 1 by 6e-5
        var random = new Random(1);
        var spec = Four with { Size = 5 };
        var logProbabilities = Enumerable.Repeat((Half)Math.Log(0.2), 5).ToArray();
        var sequence = SampleRecords.Sequence(random, spec, 100, 2, 1, holdout: true) with
        {
            Labels = new SampledLabels([0, 5], [1, 2, 3, 4, 5], [1, 1, 1, 1, 1], [(Half)Math.Log(5)], logProbabilities),
        };

        var decoded = LabelRecordCodec.Decode(LabelRecordCodec.Encode(SampleRecords.Record(random, spec, sequence)));

        Assert.True(((SampledLabels)decoded.Sequences[0].Labels).LogProbabilities.ToArray().Sum(value => Math.Exp((double)value)) > 1.00005);
    }

    [Fact]
    public void EarlierVersionsAreRefusedByName()
    {
        var bytes = LabelRecordCodec.Encode(SampleRecords.Record(new Random(1)));
        bytes[4] = 1;

        var error = Assert.Throws<DecodeException>(() => LabelRecordCodec.Decode(RecordBytes.Seal(bytes)));

        Assert.Equal(("version", DeadLetterReason.UnknownVersion), (error.Field, error.Reason));
    }

    [Fact]
    public void WriterRefusesWhatTheReaderWould()
    {
        var random = new Random(1);
        var sequence = SampleRecords.Sequence(random, Four, 100, 2, 3, holdout: false);
        var record = SampleRecords.Record(random, Four, sequence);
        var top = new LabelSpec(LabelKind.TopK, 4, 1);
        var masses = SampleRecords.Record(random, top, SampleRecords.Sequence(random, top, 100, 2, 1, holdout: false));

        Refused("ln p", sequence with { Holdout = true });
        Refused("labels", sequence with { PromptLength = 1 });
        Refused("loss mask", sequence with { LossMask = [true] });
        Refused("labels", sequence with { LossMask = [true, false, true] });
        Refused("tokens[0]", sequence with { Tokens = [-1, 2, 3, 4, 5] });
        Refused("student version", sequence with { Student = new StudentVersion(Guid.Empty, -1) });
        Refused("labels[0].ids", sequence with { PromptLength = 4, Labels = new SampledLabels([0, 2], [3, 3], [2, 2], [Half.One]) });
        Refused("labels[0].counts", sequence with { PromptLength = 4, Labels = new SampledLabels([0, 2], [3, 4], [2, 1], [Half.One]) });
        Refused("labels[0].counts", sequence with { PromptLength = 4, Labels = new SampledLabels([0, 2], [3, 4], [4, 0], [Half.One]) });
        Refused("labels[0].entropy", sequence with { PromptLength = 4, Labels = new SampledLabels([0, 1], [3], [4], [Half.NegativeZero]) });
        Assert.Contains("labels", Assert.Throws<ArgumentException>(() => LabelRecordCodec.Encode(record with { Labels = top })).Message, StringComparison.Ordinal);
        Assert.Contains("counts", Assert.Throws<ArgumentException>(() => LabelRecordCodec.Encode(record with { Labels = Four with { Size = 5 } })).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => LabelRecordCodec.Encode(record with { Labels = Four with { Temperature = double.NaN } }));
        RefusedMasses([0f], 0f);
        RefusedMasses([-1f], -1f);
        RefusedMasses([float.NegativeInfinity], 0f);
        RefusedMasses([0.5f], float.NegativeInfinity);

        void Refused(string field, LabelledSequence broken) => Assert.Contains(
            field, Assert.Throws<ArgumentException>(() => LabelRecordCodec.Encode(record with { Sequences = [broken] })).Message, StringComparison.Ordinal);

        void RefusedMasses(float[] logProbabilities, float tail) => Assert.Contains("ln p", Assert.Throws<ArgumentException>(() => LabelRecordCodec.Encode(masses with
        {
            Sequences = [masses.Sequences[0] with { Labels = new TopKLabels([0, 1], [3], logProbabilities, [tail], [Half.One]) }],
        })).Message, StringComparison.Ordinal);
    }
}
