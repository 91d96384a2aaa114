namespace Orleans.Configuration;

/// <summary>How calls that start in a client are made.</summary>
public class ClientMessagingOptions : MessagingOptions;
