namespace Reflux.Cli.Bench.Quality;

/// <summary>What one seed's students came to.</summary>
/// <param name="Entropy">The teacher's, on the seed's held-out positions, nats, mean.</param>
/// <param name="UniqueIds">Of its sampled labels, at a position, mean.</param>
/// <param name="Points">Measured on the way, the last at the end.</param>
internal sealed record SeedResult(double Entropy, double UniqueIds, IReadOnlyList<QualityPoint> Points);

/// <summary>The students of one seed after the same training.</summary>
/// <param name="Tokens">Labelled tokens that each has trained on.</param>
/// <param name="CrossEntropy">Held-out −Σ p ln q with dense p by arm, nats, mean over positions.</param>
/// <param name="Acceptance">Held-out Σ min(p, q) by arm, mean over positions.</param>
internal sealed record QualityPoint(long Tokens, IReadOnlyDictionary<string, double> CrossEntropy, IReadOnlyDictionary<string, double> Acceptance);
