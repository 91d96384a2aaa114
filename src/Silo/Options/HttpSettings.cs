namespace Reflux.Silo.Options;

/// <summary>The HTTP API (section <c>Http</c>).</summary>
public sealed class HttpSettings
{
    /// <summary>Name of the configuration section.</summary>
    public const string Section = "Http";

    /// <summary>Where to listen, separated by semicolons. Port 0 takes a free one.</summary>
    public string Urls { get; set; } = "http://127.0.0.1:8420";

    /// <summary>Allows other addresses than loopback although there are no keys: whoever reaches them can do everything.</summary>
    public bool AllowAnonymous { get; set; }

    /// <summary>Longest request body, bytes, 1 KiB to 1 GiB.</summary>
    public long MaxBodyBytes { get; set; } = 8 << 20;

    /// <summary>How long a request waits for the silo that holds a student's trainer, seconds, 1 to 600.</summary>
    public double JobTimeoutSeconds { get; set; } = 120;

    /// <summary>How long prompts wait for room in the log before the answer is 429, seconds, 0.5 to 60.</summary>
    public double BackPressureSeconds { get; set; } = 2;

    /// <summary><see cref="Urls"/>, taken apart.</summary>
    public string[] UrlList => Urls.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
}
