package linesim

// ReplyTokens counts the reply tokens that the platform remembers.
func ReplyTokens(p *Platform) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.replyTokens)
}
