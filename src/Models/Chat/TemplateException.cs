namespace Reflux.Models.Chat;

/// <summary>A template that can't be read or rendered; becomes a <see cref="ModelException"/> where the file is known.</summary>
internal sealed class TemplateException(string message, int line, bool isUnsupported = false) : Exception(message)
{
    /// <summary>The line of the template, from 1.</summary>
    public int Line => line;

    /// <summary>Whether Jinja could and this subset can't.</summary>
    public bool IsUnsupported => isUnsupported;
}
