namespace Reflux.Cli.Bench;

/// <summary>What `reflux bench models` measured; speeds are medians, spreads (largest − smallest) / median.</summary>
internal sealed record BenchReport(IReadOnlyList<TrainSpeed> Train, GenerateSpeed Generate, TokenizerRate Tokenizer, BenchSetting Setting);

/// <summary>Training steps of one size.</summary>
internal sealed record TrainSpeed(long Parameters, double TokensPerSecond, double ReferenceTokensPerSecond, double Ratio, double Spread, double ReferenceSpread);

/// <summary>Cached greedy generation.</summary>
internal sealed record GenerateSpeed(double TokensPerSecond, double ReferenceTokensPerSecond, double Ratio, double Spread, double ReferenceSpread);

/// <summary>Text to ids on one thread, by the slowest of the styles: of text that it sees for the first time, and of text whose pieces it remembers.</summary>
internal sealed record TokenizerRate(double MbPerSecond, double WarmMbPerSecond);

/// <summary>What the speeds depend on.</summary>
internal sealed record BenchSetting(int Runs, int Threads, string Torch, string Blas, string ReferenceTorch, string ReferenceBlas);
