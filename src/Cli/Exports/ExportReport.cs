namespace Reflux.Cli.Exports;

/// <summary>What `reflux model export` made.</summary>
/// <param name="Path">Where it is.</param>
/// <param name="Format">Its form.</param>
/// <param name="Type">How its weights are stored.</param>
/// <param name="Bytes">Of all its files.</param>
/// <param name="KeptF16">The matrices that q8_0 can't hold.</param>
/// <param name="Differences">In which texts the other runtime's ids differ from ours.</param>
internal sealed record ExportReport(string Path, string Format, string Type, long Bytes, IReadOnlyList<string> KeptF16, IReadOnlyList<string> Differences);
