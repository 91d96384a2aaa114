using Reflux.Contracts.Identity;
using Reflux.Distillation.Records;

namespace Reflux.Distillation.Tests.Records;

/// <summary>Random valid records, a pure function of the generator handed in.</summary>
internal static class SampleRecords
{
    public const string Hash = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";

    public static readonly Guid Topic = new("01890a5d-ac96-774b-bcce-b302099a8057");

    public static LabelRecord Record(Random random, int draws, params LabelledSequence[] sequences) => new()
    {
        LogTopic = Topic,
        RecordId = Id(random),
        LaneId = Uuid(random),
        TeacherId = Uuid(random),
        TeacherRevision = Hash,
        TokenizerHash = Hash,
        TemplateHash = "template",
        Labels = new LabelSpec(LabelKind.Sampled, draws, 0.5 + random.NextDouble()),
        Sequences = sequences,
    };

    public static LabelRecord Record(Random random)
    {
        var draws = random.Next(1, 60);
        var vocabulary = random.Next(2) == 0 ? 40 : int.MaxValue;
        var sequences = Enumerable.Range(0, random.Next(1, 5)).Select(_ => Sequence(random, draws, vocabulary)).ToArray();
        return Record(random, draws, sequences);
    }

    public static LabelledSequence Sequence(Random random, int draws, int vocabulary)
    {
        var prompt = random.Next(1, 12);
        return Sequence(random, draws, vocabulary, prompt, random.Next(1, 20), random.Next(2) == 0);
    }

    public static LabelledSequence Sequence(Random random, int draws, int vocabulary, int promptLength, int labelled, bool holdout) => new()
    {
        SequenceId = Id(random),
        PromptId = Id(random),
        Keyed = random.Next(2) == 0,
        Prompt = new Position(new LogId(random.Next(2) == 0 ? Topic : Uuid(random), random.Next(8)), random.NextInt64(1L << random.Next(1, 62))),
        Sample = random.Next(3),
        Holdout = holdout,
        Tokens = [.. Enumerable.Range(0, promptLength + labelled).Select(_ => random.Next(vocabulary))],
        PromptLength = promptLength,
        Labels = Labels(random, draws, vocabulary, labelled, holdout),
    };

    public static void AssertEqual(LabelRecord expected, LabelRecord actual)
    {
        Assert.Equal(expected with { Sequences = [] }, actual with { Sequences = [] });
        Assert.Equal(expected.Sequences.Count, actual.Sequences.Count);
        foreach (var (one, other) in expected.Sequences.Zip(actual.Sequences))
        {
            Assert.Equal(one.Tokens, other.Tokens);
            Assert.Equal(one.Labels.Offsets, other.Labels.Offsets);
            Assert.Equal(one.Labels.Ids, other.Labels.Ids);
            Assert.Equal(one.Labels.Entropy, other.Labels.Entropy);
            var (drawn, read) = ((SampledLabels)one.Labels, (SampledLabels)other.Labels);
            Assert.Equal(drawn.Counts, read.Counts);
            Assert.Equal(drawn.HasLogProbabilities, read.HasLogProbabilities);
            Assert.Equal(drawn.LogProbabilities, read.LogProbabilities);
            Assert.Equal(one, other with { Tokens = one.Tokens, Labels = one.Labels });
        }
    }

    private static SampledLabels Labels(Random random, int draws, int vocabulary, int positions, bool holdout)
    {
        var (offsets, ids, counts, entropy, logProbabilities) = (new List<int> { 0 }, new List<int>(), new List<ushort>(), new List<Half>(), new List<Half>());
        for (var i = 0; i < positions; i++)
        {
            // Zipf-like: the ranks of a power law over a random permutation's stand-in, merged as the sampler does
            var shift = random.Next(vocabulary);
            var drawn = Enumerable.Range(0, draws)
                .Select(_ => (int)((shift + (long)Math.Min(vocabulary - 1, Math.Pow(1 - random.NextDouble(), -1.25) - 1)) * 7919 % vocabulary))
                .GroupBy(id => id).OrderBy(group => group.Key).ToArray();
            ids.AddRange(drawn.Select(group => group.Key));
            counts.AddRange(drawn.Select(group => (ushort)group.Count()));
            logProbabilities.AddRange(drawn.Select(group => (Half)Math.Log((double)group.Count() / draws)));
            entropy.Add((Half)(random.NextDouble() * 4));
            offsets.Add(ids.Count);
        }

        return new SampledLabels([.. offsets], [.. ids], [.. counts], [.. entropy], holdout ? [.. logProbabilities] : null);
    }

    private static Id128 Id(Random random) => new(new UInt128((ulong)random.NextInt64(), (ulong)random.NextInt64()));

    private static Guid Uuid(Random random)
    {
        var bytes = new byte[16];
        random.NextBytes(bytes);
        return new Guid(bytes);
    }
}
