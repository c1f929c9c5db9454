namespace Yinxin.Identity.Server.Features.Samples;

/// <summary>A department or an organisation in the configuration.</summary>
internal sealed class NamedOrganisation
{
    public string Uscc { get; set; } = "";

    public string Name { get; set; } = "";
}

/// <summary>One account of section <c>SampleAccounts</c>: synthetic people for trying the platform out.</summary>
internal sealed class SampleAccountSettings
{
    public const string Section = "SampleAccounts";

    /// <summary><c>person</c> or <c>staff</c>.</summary>
    public string Kind { get; set; } = "person";

    /// <summary><c>primary</c> or <c>intermediate</c>; staff need none.</summary>
    public string Level { get; set; } = "primary";

    public string SignInName { get; set; } = "";

    public string Password { get; set; } = "";

    public string Name { get; set; } = "";

    public string IdNumber { get; set; } = "";

    public string Phone { get; set; } = "";

    public string Sex { get; set; } = "1";

    public string Ethnicity { get; set; } = "01";

    /// <summary>The organisation whose legal representative the person is.</summary>
    public NamedOrganisation? Organisation { get; set; }

    /// <summary>Staff only.</summary>
    public NamedOrganisation? Department { get; set; }

    /// <summary>Staff only: role names divided by blanks.</summary>
    public string Roles { get; set; } = "";

    /// <summary>Staff at a counter only: the service hall.</summary>
    public string? Hall { get; set; }

    /// <summary>Staff at a counter only: <c>province</c>, <c>city</c> or <c>county</c>.</summary>
    public string? HallLevel { get; set; }
}
