namespace Reflux.Samples.Helpdesk.Grammar;

/// <summary>
/// A SplitMix64 sequence: the n-th value is a function of (key, n) alone, so that a case depends on its seed and index only,
/// on every machine. (Steele, Lea, Flood: Fast splittable pseudorandom number generators, 2014.)
/// </summary>
public struct CounterRandom
{
    private const ulong Step = 0x9E3779B97F4A7C15;
    private readonly ulong _key;
    private ulong _counter;

    /// <summary>A sequence of its own for every combination of <paramref name="seed"/>, <paramref name="stream"/> and <paramref name="index"/>.</summary>
    public CounterRandom(ulong seed, ulong stream, ulong index) => _key = Mix(Mix(Mix(seed) + stream) + index);

    /// <summary>The next 64 uniform bits.</summary>
    public ulong NextBits() => Mix(_key + (++_counter * Step));

    /// <summary>A uniform value in [0, 1) with 53 bits.</summary>
    public double NextDouble() => (NextBits() >> 11) * (1.0 / (1UL << 53));

    /// <summary>A uniform value in [0, <paramref name="bound"/>), <paramref name="bound"/> ≥ 1.</summary>
    public int NextInt(int bound)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(bound);
        return (int)Math.BigMul(NextBits(), (ulong)bound, out _);
    }

    private static ulong Mix(ulong value)
    {
        value += Step;
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }
}
