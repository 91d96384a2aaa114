namespace Reflux.Samples.Helpdesk;

/// <summary>The sample teacher that comes with the repository.</summary>
public static class HelpdeskTeacher
{
    /// <summary>Its Hugging Face directory, beside the running program.</summary>
    public static string Directory { get; } = Path.Combine(AppContext.BaseDirectory, "samples", "helpdesk", "teacher");
}
