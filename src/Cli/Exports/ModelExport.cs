using Reflux.Models;
using Reflux.Models.Gguf;
using TorchSharp;

namespace Reflux.Cli.Exports;

/// <summary>The forms in which a model can be taken away.</summary>
internal static class ModelExport
{
    public const string HuggingFace = "hf";
    public const string Gguf = "gguf";

    public static string[] Formats { get; } = [HuggingFace, Gguf];

    public static string[] Types { get; } = [.. GgufTypeNames.All];

    /// <summary>Loads a model and writes it in another form.</summary>
    /// <param name="directory">The model.</param>
    /// <param name="format">One of <see cref="Formats"/>.</param>
    /// <param name="type">One of <see cref="Types"/>, or null for the form's own.</param>
    /// <param name="to">What to make.</param>
    /// <param name="device">Where the weights are meanwhile.</param>
    public static ExportReport Run(string directory, string format, string? type, string to, torch.Device device)
    {
        using var target = format == HuggingFace ? ExportTarget.Folder(to) : ExportTarget.File(to);
        using var model = LanguageModel.Load(directory, device);
        var report = format == HuggingFace ? WriteDirectory(model, type, to, target.Temporary) : WriteGguf(model, directory, type ?? GgufType.F16.Name, to, target.Temporary);
        target.Publish();
        return report;
    }

    private static ExportReport WriteDirectory(LanguageModel model, string? type, string to, string temporary)
    {
        var dtype = type switch
        {
            "f32" => torch.ScalarType.Float32,
            "f16" => torch.ScalarType.Float16,
            "bf16" => torch.ScalarType.BFloat16,
            _ => model.Config.Dtype,
        };
        ModelDirectory.Write(temporary, model.Decoder, dtype, model.Tokenizer, model.Template, model.Generation);
        return new ExportReport(to, HuggingFace, NameOf(dtype), Directory.EnumerateFiles(temporary).Sum(file => new FileInfo(file).Length), [], []);
    }

    private static ExportReport WriteGguf(LanguageModel model, string directory, string type, string to, string temporary)
    {
        using var stream = File.Create(temporary);
        var report = GgufFile.Write(stream, model, GgufTypeNames.Parse(type), Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(directory))));
        stream.Flush(flushToDisk: true);
        return new ExportReport(to, Gguf, type, report.Bytes, report.KeptF16, report.Differences);
    }

    private static string NameOf(torch.ScalarType dtype) => dtype switch
    {
        torch.ScalarType.Float16 => "f16",
        torch.ScalarType.BFloat16 => "bf16",
        _ => "f32",
    };
}
