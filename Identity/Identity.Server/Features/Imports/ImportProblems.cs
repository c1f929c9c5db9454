using Yinxin.ServiceDefaults.Problems;

namespace Yinxin.Identity.Server.Features.Imports;

internal static class ImportProblems
{
    public static readonly Problem Format = new("identity.import.format", 415, "请以 application/x-ndjson 或 text/csv 发送。", "Send application/x-ndjson or text/csv.");
    public static readonly Problem Header = new("identity.import.header", 422, "CSV 首行的列名有误或重复。", "The CSV header names an unknown column, or one twice.");
    public static readonly Problem TooLong = new("identity.import.rowTooLong", 413, "有一行超过 64 KB；此前各行已保存。", "A row is longer than 64 KB; the rows before it are kept.");
    public static readonly Problem NotUtf8 = new("identity.import.utf8", 422, "文件不是 UTF-8；此前各行已保存。", "The file is not UTF-8; the rows before are kept.");
    public static readonly Problem BadSource = new("identity.import.source", 422, "source 须为 1 至 40 个小写字母、数字或连字符。", "source has 1 to 40 lower-case letters, digits and hyphens.");
    public static readonly Problem OtherFile = new("identity.import.otherFile", 409, "该编号已用于另一文件。", "Under this key another file was begun.");
    public static readonly Problem OtherSource = new("identity.import.otherSource", 409, "该编号已用于另一来源。", "Under this key another source was begun.");
    public static readonly Problem OtherSender = new("identity.import.otherSender", 409, "该编号的导入由另一客户端开始，只能由其继续。", "Another client began the import of this key; only that one goes on with it.");
    public static readonly Problem ForeignSource = new("identity.import.foreignSource", 403, "该客户端不得代此来源移交用户。", "This client may not hand users over for that source.");
    public static readonly Problem Running = new("identity.import.running", 409, "该导入正由另一连接发送。", "Another connection is sending this import.");
    public static readonly Problem Withdrawn = new(
        "identity.import.withdrawn", 409, "该次移交已被撤销，不再接收；更正后的文件请以新的编号移交。", "This import was taken back and takes nothing more; hand the corrected file over under a new key.");
    public static readonly Problem Unknown = new("identity.import.unknown", 404, "没有该次导入。", "There is no such import.");
    public static readonly Problem BadPage = new("identity.import.page", 422, "分页参数不正确。", "limit is 1 to 1000, and after is the next of an earlier answer.");
}
