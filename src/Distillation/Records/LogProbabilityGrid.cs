namespace Reflux.Distillation.Records;

/// <summary>
/// ln p in 16 bits: code u stands for −u · <see cref="Step"/>. A position's masses are rescaled on reading so that they add up to 1. Rounding moves
/// ln p by at most half a step and rescaling by as much again, so that what is read is within one step of what was written.
/// </summary>
internal static class LogProbabilityGrid
{
    /// <summary>Nats from one code to the next.</summary>
    public const double Step = 1.0 / 256;

    /// <summary>The code of a tail without mass.</summary>
    public const int NoMass = ushort.MaxValue;

    /// <summary>The code of everything at or below −255.99 nats.</summary>
    public const int Lowest = NoMass - 1;

    /// <summary>How far ln Σ p of a position may be from 0 when it is written.</summary>
    public const double WriterTolerance = 1e-3;

    /// <summary>The same on reading, where rounding has moved every mass by up to half a step.</summary>
    public const double ReaderTolerance = WriterTolerance + (Step / 2) + 1e-6;

    private static readonly double[] Whole = [.. Enumerable.Range(0, 256).Select(nats => Math.Exp(-nats))];
    private static readonly double[] Steps = [.. Enumerable.Range(0, 256).Select(steps => Math.Exp(-steps * Step))];

    /// <summary>The code nearest to <paramref name="logProbability"/>.</summary>
    public static int Code(double logProbability) =>
        double.IsNegativeInfinity(logProbability) ? NoMass : Math.Clamp((int)Math.Round(-logProbability / Step), 0, Lowest);

    /// <summary>e^(−u · <see cref="Step"/>).</summary>
    public static double Mass(int code) => code == NoMass ? 0 : Whole[code >> 8] * Steps[code & 255];
}
