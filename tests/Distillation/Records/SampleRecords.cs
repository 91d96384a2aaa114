using Reflux.Contracts.Identity;
using Reflux.Distillation.Records;

namespace Reflux.Distillation.Tests.Records;

/// <summary>Random valid records, a pure function of the generator handed in.</summary>
internal static class SampleRecords
{
    public const string Hash = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";

    public static readonly Guid Topic = new("01890a5d-ac96-774b-bcce-b302099a8057");

    public static LabelRecord Record(Random random, LabelSpec spec, params LabelledSequence[] sequences) => new()
    {
        LogTopic = Topic,
        RecordId = Id(random),
        LaneId = Uuid(random),
        TeacherId = Uuid(random),
        TeacherRevision = Hash,
        TokenizerHash = Hash,
        TemplateHash = "template",
        Labels = spec,
        Sequences = sequences,
    };

    /// <summary>Any kind, size and vocabulary; masked and on-policy sequences among them.</summary>
    public static LabelRecord Record(Random random)
    {
        var spec = new LabelSpec(random.Next(2) == 0 ? LabelKind.Sampled : LabelKind.TopK, random.Next(1, 60), 0.5 + random.NextDouble());
        var vocabulary = random.Next(4) switch { 0 => 2, 1 => 40, 2 => 151_936, _ => int.MaxValue };
        return Record(random, spec, [.. Enumerable.Range(0, random.Next(1, 5)).Select(_ => Sequence(random, spec, vocabulary))]);
    }

    public static LabelledSequence Sequence(Random random, LabelSpec spec, int vocabulary)
    {
        var answer = random.Next(1, 20);
        var mask = random.Next(3) == 0 ? Mask(random, answer) : null;
        return Sequence(random, spec, vocabulary, random.Next(1, 12), mask?.Count(labelled => labelled) ?? answer, random.Next(2) == 0, mask) with
        {
            Student = random.Next(3) == 0 ? new StudentVersion(Uuid(random), random.NextInt64(1L << random.Next(1, 62))) : null,
        };
    }

    /// <summary>A sequence of so many labelled tokens, and the masked ones that <paramref name="mask"/> has besides.</summary>
    public static LabelledSequence Sequence(
        Random random, LabelSpec spec, int vocabulary, int promptLength, int labelled, bool holdout, bool[]? mask = null)
    {
        SoftLabels labels = spec.Kind == LabelKind.Sampled ? Draws(random, spec.Size, vocabulary, labelled, holdout) : TopK(random, spec.Size, vocabulary, labelled);
        int[] tokens = [.. Enumerable.Range(0, promptLength + (mask?.Length ?? labelled)).Select(_ => random.Next(vocabulary))];
        var sequence = new LabelledSequence
        {
            SequenceId = Id(random),
            PromptId = Id(random),
            Keyed = random.Next(2) == 0,
            Prompt = new Position(new LogId(random.Next(2) == 0 ? Topic : Uuid(random), random.Next(8)), random.NextInt64(1L << random.Next(1, 62))),
            Sample = random.Next(3),
            Holdout = holdout,
            Tokens = tokens,
            PromptLength = promptLength,
            LossMask = mask,
            Labels = labels,
        };

        // most answers' tokens are among their ids
        foreach (var (target, i) in sequence.Targets.Select((target, i) => (target, i)).Where(_ => random.Next(4) > 0))
        {
            tokens[target] = labels.Ids[random.Next(labels.Offsets[i], labels.Offsets[i + 1])];
        }

        return sequence;
    }

    public static void AssertEqual(LabelRecord expected, LabelRecord actual)
    {
        Assert.Equal(expected with { Sequences = [] }, actual with { Sequences = [] });
        Assert.Equal(expected.Sequences.Count, actual.Sequences.Count);
        foreach (var (one, other) in expected.Sequences.Zip(actual.Sequences))
        {
            Assert.Equal(one.Tokens, other.Tokens);
            Assert.Equal(one.LossMask, other.LossMask);
            AssertEqual(one.Labels, other.Labels);
            Assert.Equal(one, other with { Tokens = one.Tokens, LossMask = one.LossMask, Labels = one.Labels });
        }
    }

    /// <summary>Equal but for what two roundings to the grid of ln p may move.</summary>
    public static void AssertEqual(SoftLabels expected, SoftLabels actual)
    {
        Assert.Equal(expected.Offsets, actual.Offsets);
        Assert.Equal(expected.Ids, actual.Ids);
        Assert.Equal(expected.Entropy, actual.Entropy);
        if (expected is SampledLabels drawn)
        {
            var read = Assert.IsType<SampledLabels>(actual);
            Assert.Equal(drawn.Counts, read.Counts);
            Assert.Equal(drawn.HasLogProbabilities, read.HasLogProbabilities);
            Assert.Equal(drawn.LogProbabilities, read.LogProbabilities);
            return;
        }

        var (top, readTop) = ((TopKLabels)expected, Assert.IsType<TopKLabels>(actual));
        Assert.All(top.LogProbabilities.ToArray().Zip(readTop.LogProbabilities.ToArray()), pair => AssertWithinAStep(pair.First, pair.Second));
        Assert.All(top.LogTailMass.ToArray().Zip(readTop.LogTailMass.ToArray()), pair => AssertWithinAStep(pair.First, pair.Second));
    }

    private static void AssertWithinAStep(float expected, float actual)
    {
        if (float.IsNegativeInfinity(expected))
        {
            Assert.Equal(expected, actual);
            return;
        }

        Assert.Equal(expected, actual, LogProbabilityGrid.Step * 1.001);
    }

    private static SampledLabels Draws(Random random, int draws, int vocabulary, int positions, bool holdout)
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

    /// <summary>Masses from a power law of a random exponent, flat to peaked; some positions with fewer ids or without a tail.</summary>
    private static TopKLabels TopK(Random random, int most, int vocabulary, int positions)
    {
        var (offsets, ids, logProbabilities, tails, entropy) = (new List<int> { 0 }, new List<int>(), new List<float>(), new List<float>(), new List<Half>());
        for (var i = 0; i < positions; i++)
        {
            var count = Math.Min(vocabulary, random.Next(4) == 0 ? random.Next(1, most + 1) : most);
            var exponent = random.NextDouble() * 8;
            var weights = Enumerable.Range(1, count + 1).Select(rank => Math.Pow(rank, -exponent)).ToArray();
            if (count == vocabulary || random.Next(4) == 0)
            {
                weights[count] = 0;
            }

            var sum = weights.Sum();
            var chosen = new SortedSet<int>();
            while (chosen.Count < count)
            {
                chosen.Add(random.Next(vocabulary));
            }

            random.Shuffle(weights.AsSpan(0, count));
            ids.AddRange(chosen);
            logProbabilities.AddRange(weights[..count].Select(weight => (float)Math.Log(weight / sum)));
            tails.Add((float)Math.Log(weights[count] / sum));
            entropy.Add((Half)(random.NextDouble() * 4));
            offsets.Add(ids.Count);
        }

        return new TopKLabels([.. offsets], [.. ids], [.. logProbabilities], [.. tails], [.. entropy]);
    }

    private static bool[] Mask(Random random, int answer)
    {
        bool[] mask = [.. Enumerable.Range(0, answer).Select(_ => random.Next(2) == 0)];
        mask[random.Next(answer)] = true;
        return mask;
    }

    private static Id128 Id(Random random) => new(new UInt128((ulong)random.NextInt64(), (ulong)random.NextInt64()));

    private static Guid Uuid(Random random)
    {
        var bytes = new byte[16];
        random.NextBytes(bytes);
        return new Guid(bytes);
    }
}
