namespace Reflux.Cli;

/// <summary>What a verb's exit code means.</summary>
public static class ExitCodes
{
    public const int Done = 0;
    public const int Failed = 1;
    public const int Usage = 2;

    /// <summary>`reflux student verify` and `replay`: the log leads to another state than the recorded one.</summary>
    public const int Different = 3;

    /// <summary>Likewise: bits can't be compared, since the environment is another.</summary>
    public const int NotComparable = 4;

    /// <summary>Likewise: no state is recorded there, or records that lead to it are missing.</summary>
    public const int NotVerifiable = 5;

    /// <summary>Stopped by Ctrl-C, as shells report it.</summary>
    public const int Interrupted = 130;
}
