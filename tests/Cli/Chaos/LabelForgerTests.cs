using Reflux.Cli.Chaos;
using Reflux.Distillation.Records;

namespace Reflux.Cli.Tests.Chaos;

public sealed class LabelForgerTests
{
    private static readonly LabelRecord[] Real = [LabelRecordCodec.Decode(CheckerFixture.Record(0, 1, 2)), LabelRecordCodec.Decode(CheckerFixture.Record(3, 4))];
    private readonly LabelForger _forger = new(new Random(1));

    [Fact]
    public void Regrouped_records_hold_the_same_sequences_once()
    {
        var regrouped = Enumerable.Range(0, 20).Select(_ => _forger.Regrouped(Real).Select(bytes => LabelRecordCodec.Decode(bytes).Sequences.Select(sequence => sequence.Prompt.Offset).ToList()).ToList()).ToList();

        Assert.All(regrouped, records => Assert.Equal([0, 1, 2, 3, 4], records.SelectMany(record => record).Order()));
        Assert.Contains(regrouped, records => records.Count > 2);
        Assert.Contains(regrouped, records => !records.SelectMany(record => record).SequenceEqual([0, 1, 2, 3, 4]));
    }

    [Fact]
    public void Poison_is_poison()
    {
        for (var i = 0; i < 50; i++)
        {
            Assert.Throws<DecodeException>(() => LabelRecordCodec.Decode(_forger.Garbage()));
            Assert.Throws<DecodeException>(() => LabelRecordCodec.Decode(_forger.Flipped(Real[0])));
        }

        Assert.NotEqual(Real[0].TokenizerHash, LabelRecordCodec.Decode(_forger.ForeignTokenizer(Real[0])).TokenizerHash);
    }
}
