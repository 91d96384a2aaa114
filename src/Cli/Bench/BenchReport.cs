namespace Reflux.Cli.Bench;

/// <summary>What `reflux bench models` measured; speeds are medians, spreads (largest − smallest) / median.</summary>
internal sealed record BenchReport(IReadOnlyList<TrainSpeed> Train, GenerateSpeed Generate, TokenizerSpeed Tokenizer, BenchSetting Setting);

/// <summary>Training steps of one size.</summary>
internal sealed record TrainSpeed(long Parameters, double TokensPerSecond, double ReferenceTokensPerSecond, double Ratio, double Spread, double ReferenceSpread);

/// <summary>Cached greedy generation.</summary>
internal sealed record GenerateSpeed(double TokensPerSecond, double ReferenceTokensPerSecond, double Ratio, double Spread, double ReferenceSpread);

/// <summary>Texts to ids on one thread, nothing remembered from before.</summary>
internal sealed record TokenizerSpeed(double MbPerSecond, double Spread);

/// <summary>What the speeds depend on.</summary>
internal sealed record BenchSetting(int Runs, int Threads, string Torch, string Blas, string ReferenceTorch, string ReferenceBlas);
