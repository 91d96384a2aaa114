using System.Runtime.InteropServices;

namespace Reflux.Distillation.Records;

/// <summary>The probabilities of one position's k ids and of its tail, on the <see cref="LogProbabilityGrid"/>.</summary>
internal static class TopKMasses
{
    /// <summary>Reads them and rescales them so that they add up to 1.</summary>
    /// <param name="stream">Read from.</param>
    /// <param name="rice">Parameter of the codes.</param>
    /// <param name="logProbabilities">[k] takes ln p of the ids.</param>
    /// <param name="logTailMass">ln of the tail's mass; −∞ where it has none.</param>
    /// <param name="logScale">ln of what the masses as stored added up to.</param>
    /// <returns>What is wrong with them, or null.</returns>
    public static string? Read(ref BitReader stream, int rice, Span<float> logProbabilities, out float logTailMass, out float logScale)
    {
        (logTailMass, logScale) = (0, 0);
        var lowest = (int)stream.Bits(LabelCoding.NumberBits);
        var tail = (int)stream.Bits(LabelCoding.NumberBits);
        var codes = MemoryMarshal.Cast<float, int>(logProbabilities);
        var bits = stream;
        bits.Rice(rice, LabelCoding.NumberBits, codes);
        stream = bits;
        var mass = LogProbabilityGrid.Mass(tail);
        foreach (ref var code in codes)
        {
            code = lowest - code;
            if ((uint)code > LogProbabilityGrid.Lowest)
            {
                return "is above 0 or below what can be written";
            }

            mass += LogProbabilityGrid.Mass(code);
        }

        var scale = Math.Log(mass);
        if (!(Math.Abs(scale) <= LogProbabilityGrid.ReaderTolerance))
        {
            return "and the tail's mass do not add up to 1";
        }

        for (var k = 0; k < codes.Length; k++)
        {
            logProbabilities[k] = Shifted(codes[k], scale);
        }

        logTailMass = tail == LogProbabilityGrid.NoMass ? float.NegativeInfinity : Shifted(tail, scale);
        logScale = (float)scale;
        return null;
    }

    private static float Shifted(int code, double scale) => (float)Math.Min(0, (-code * LogProbabilityGrid.Step) - scale);
}
