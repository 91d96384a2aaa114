using Reflux.Contracts.Errors;

namespace Reflux.Models;

/// <summary>
/// A file of a model directory that can't be used: <see cref="RefluxException.Code"/> is <c>model-invalid</c> (missing, truncated or
/// contradictory) or <c>model-unsupported</c> (well-formed, but asks for something that this version doesn't do). The message names the file.
/// </summary>
public sealed class ModelException : RefluxException
{
    private ModelException(string code, string file, string message, string remedy, Exception? inner)
        : base(code, $"{file}: {message}", remedy, inner) => File = file;

    /// <summary>The file or directory that is at fault.</summary>
    public string File { get; }

    internal static ModelException Invalid(string file, string message, string remedy, Exception? inner = null) =>
        new(ErrorCodes.ModelInvalid, file, message, remedy, inner);

    internal static ModelException Unsupported(string file, string message, string remedy) =>
        new(ErrorCodes.ModelUnsupported, file, message, remedy, inner: null);

    internal static ModelException Missing(string file, Exception? inner = null) => Invalid(
        file,
        "the file is missing",
        "Point at a complete Hugging Face model directory; fetch this file again from where the model came from.",
        inner);
}
