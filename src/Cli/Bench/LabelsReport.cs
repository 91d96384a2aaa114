using Reflux.Cli.Bench.Quality;

namespace Reflux.Cli.Bench;

/// <summary>What `reflux bench labels` measured; a part that was not measured is absent.</summary>
internal sealed record LabelsReport(IReadOnlyList<CodecSpeed>? Codec, ChunkedLossCost? ChunkedLoss, LabelQuality? Quality);

/// <summary>Records of one label kind. Bytes are those of whole records per labelled position, without prompts and with two prompt tokens for each labelled one.</summary>
internal sealed record CodecSpeed(
    string Kind, int Vocab, double UniqueIds, double BytesPerToken, double BytesPerTokenWithPrompts, double EncodeTokensPerSecond, double DecodeTokensPerSecond);

/// <summary>
/// Head and loss in chunks, as shares of what log_softmax, gather and autograd take on the whole; gradients by max|Δ| / max|naive|. The reference ratios are against the
/// naive ones of PyTorch, absent where there is none.
/// </summary>
internal sealed record ChunkedLossCost(
    double PeakBytesRatio,
    double TimeRatio,
    double MaxGradError,
    double PeakBytes,
    double NaivePeakBytes,
    double Seconds,
    double NaiveSeconds,
    double Spread,
    double NaiveSpread,
    double? ReferencePeakBytesRatio,
    double? ReferenceTimeRatio);
